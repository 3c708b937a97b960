"""`koonti explain`: the reasons of a decision as they were written, and the story of one organisation."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import cli
from pipeline.commands.explain import BAR, waterfall
from pipeline.matching.explain import NotKnown, Release

LIST = """Yhdistys;Y-tunnus;Kunta;Puhelin
Kuopion Latu ry;1234567-1;Kuopio;040 000 0001
KUOPION LATU;;Kuopio;040 000 0001
Iisalmen Latu ry;;Iisalmi;040 000 0002
Suomen Shakkiliitto ry;;Helsinki;
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A folder in which koonti has published the list above."""
    folder = tmp_path_factory.mktemp("explain")
    (folder / "lista.csv").write_text(LIST, encoding="utf-8")
    (folder / "koonti.yml").write_text("sources:\n  lista: {kind: csv, path: lista.csv}\n")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert CliRunner().invoke(cli, ["sync"]).exit_code == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def ask(published, monkeypatch):
    monkeypatch.chdir(published)
    return lambda *words: CliRunner().invoke(cli, ["explain", *words])


LATU, SHOUTED, OTHER, FAR = (
    "lista:Kuopion Latu ry@Kuopio",
    "lista:KUOPION LATU@Kuopio",
    "lista:Iisalmen Latu ry@Iisalmi",
    "lista:Suomen Shakkiliitto ry@Helsinki",
)


def release_of(folder):
    (path,) = [p for p in (folder / "data" / "releases").iterdir() if p.is_dir()]
    return Release(path)


def test_the_bits_shown_add_up_to_the_score(published):
    release = release_of(published)
    pair = release.pair(LATU, SHOUTED)
    scores = release._rows("SELECT score FROM match WHERE record_id_a = ? AND record_id_b = ?", pair.a, pair.b)
    assert sum(r["contribution"] for r in pair.reasons) == pytest.approx(scores[0]["score"], abs=1e-6)
    assert (pair.decision, pair.is_one) == ("same", True)


def test_two_that_are_one_are_explained_with_both_values(ask):
    result = ask(LATU, SHOUTED)
    assert result.exit_code == 0
    assert "They are one organisation in the release." in result.output
    assert "phone" in result.output
    assert "+358400000001" in result.output


def test_two_that_were_never_compared_are_compared_now_and_it_is_said(ask):
    result = ask(LATU, FAR)
    assert result.exit_code == 0
    assert "They are not one organisation" in result.output
    assert "Compared now, on their own: two organisations" in result.output


def test_the_order_of_the_two_does_not_matter(ask):
    assert ask(LATU, OTHER).output == ask(OTHER, LATU).output


def test_the_story_of_one_shows_records_and_chosen_values(ask, published):
    entity = release_of(published).organisation(LATU).id
    for asked in (LATU, entity):
        result = ask(asked)
        assert result.exit_code == 0
        assert SHOUTED in result.output
        assert "1234567-1" in result.output


@pytest.mark.parametrize("words", [("nobody",), ("nobody", LATU), (LATU, LATU)])
def test_what_cannot_be_explained_is_one_line_and_exit_2(ask, words):
    result = ask(*words)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_unknown_id_is_an_error_of_its_own(published):
    with pytest.raises(NotKnown, match="neither a record"):
        release_of(published).records_of("x")


@given(st.lists(st.tuples(st.sampled_from(["name", "place", "phone"]), st.floats(-20, 20)), max_size=8))
def test_a_waterfall_stays_within_its_frame_and_ends_with_the_sum(steps):
    lines = waterfall(steps)
    shown = [bits for _, bits in steps if abs(bits) >= 0.05]
    assert len(lines) == len(shown) + 1
    assert all(len(line.split("|")[1]) <= BAR + 2 for line in lines[:-1])
    assert float(lines[-1].split()[-1]) == pytest.approx(sum(shown), abs=0.051)
