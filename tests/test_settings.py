"""koonti.yml: a working file is read, and every mistake is named with file, line and what is allowed."""

from pathlib import Path

import pytest

from pipeline.config_file import ConfigMistakes
from pipeline.settings import load
from pipeline.transform.reference import municipalities

ROOT = Path(__file__).parents[1]


def config(tmp_path, text):
    path = tmp_path / "koonti.yml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(tmp_path, text):
    with pytest.raises(ConfigMistakes) as caught:
        load(config(tmp_path, text), environment={})
    return caught.value.lines


def test_the_shipped_file_works_as_it_is():
    settings = load(ROOT / "koonti.yml", environment={})
    assert [s.id for s in settings.sources] == ["ptv"]
    assert "297" in settings.municipality_codes
    assert settings.schedule == "0 2 * * *"
    assert settings.contact_persons is False


def test_decisions_lie_in_the_data_folder_unless_told_otherwise(tmp_path):
    base = "data_dir: d\nsources:\n  lista: {kind: csv, path: lista.csv}\n"
    assert load(config(tmp_path, base), environment={}).ledger_dir == tmp_path / "d" / "ledger"
    elsewhere = load(config(tmp_path, base + "ledger_dir: decisions\n"), environment={})
    assert elsewhere.ledger_dir == tmp_path / "decisions"


def test_every_example_is_valid():
    for path in (ROOT / "examples").glob("*.yml"):
        load(path, environment={})


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one(tmp_path):
    lines = mistakes(tmp_path, "regoin: pohjois-savo\nsources:\n  ptv:\n    base_url: https://a.example\n")
    assert len(lines) == 1
    assert "koonti.yml:1: unknown key 'regoin'" in lines[0]
    assert "Did you mean 'region'?" in lines[0]


def test_an_unknown_option_of_a_source_is_named_with_its_line(tmp_path):
    lines = mistakes(tmp_path, "sources:\n  ptv:\n    base_url: https://a.example\n    colour: red\n")
    assert lines[0].startswith(f"{tmp_path}/koonti.yml:4: unknown key 'colour'; allowed: ")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path):
    lines = mistakes(tmp_path, "region: atlantis\nsources:\n  Bad-Id: {}\n  ptv: {nonsense: 1}\nschedule: nightly\n")
    assert [line.split(":")[1] for line in lines] == ["1", "3", "4", "5"] or len(lines) >= 4
    assert any("atlantis" in line for line in lines)
    assert any("no cron expression" in line for line in lines)


def test_a_secret_in_the_file_is_refused(tmp_path):
    lines = mistakes(tmp_path, "sources:\n  lahella:\n    base_url: https://a.example\n    token: abc123\n")
    assert "a secret never stands in this file" in lines[0]
    assert "abc123" not in lines[0]


def test_a_secret_that_is_not_set_fails_its_source_only(tmp_path):
    path = config(tmp_path, "sources:\n  lahella: {base_url: 'https://a.example', token: '${NOT_SET}'}\n")
    assert load(path, environment={}).source("lahella").missing_environment == ("NOT_SET",)
    filled = load(path, environment={"NOT_SET": "x"}).source("lahella")
    assert (filled.missing_environment, filled.options["token"]) == ((), "x")


def test_an_unknown_kind_lists_the_kinds(tmp_path):
    lines = mistakes(tmp_path, "sources:\n  kuopio:\n    kind: exel\n")
    assert "kind 'exel' is unknown; kinds: cards, catalogue, csv, " in lines[0]


def test_a_missing_option_says_what_it_is_for(tmp_path):
    lines = mistakes(tmp_path, "sources:\n  kuopio:\n    kind: csv\n")
    assert "needs 'path'" in lines[0]


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "sources: [\n", "sources:\n  ptv: {}\n  ptv: {}\n"])
def test_a_file_that_is_no_configuration_is_one_line(tmp_path, text):
    assert len(mistakes(tmp_path, text)) == 1


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ConfigMistakes, match="there is no such file"):
        load(tmp_path / "nowhere.yml")


def test_municipality_codes_may_be_listed(tmp_path):
    path = config(tmp_path, "region: ['297', 140]\nsources:\n  ptv: {base_url: 'https://a.example'}\n")
    assert load(path, environment={}).municipality_codes == ("140", "297")


def test_keeping_nothing_is_refused(tmp_path):
    text = "sources:\n  ptv: {base_url: 'https://a.example'}\nsnapshots: {keep: 0}\npublish: {keep: no}\n"
    lines = mistakes(tmp_path, text)
    assert ["keep" in line for line in lines] == [True, True]


def test_pinned_weights_lie_beside_the_configuration(tmp_path):
    text = "sources:\n  ptv: {base_url: 'https://a.example'}\n"
    plain = load(config(tmp_path, text), environment={})
    assert (plain.matching.weights, plain.matching.full_every_days) == (None, 7)
    pinned = load(config(tmp_path, f"{text}matching: {{weights: ours.yml, full_every_days: 3}}\n"), environment={})
    assert (pinned.matching.weights, pinned.matching.full_every_days) == ((tmp_path / "ours.yml").resolve(), 3)
    assert "full_every_days" in mistakes(tmp_path, f"{text}matching: {{full_every_days: 0}}\n")[0]


def test_a_region_may_be_a_wellbeing_services_county(tmp_path):
    path = config(tmp_path, "region: Itä-Uudenmaan hyvinvointialue\nsources:\n  ptv: {base_url: 'https://a.example'}\n")
    codes = load(path, environment={}).municipality_codes
    assert "638" in codes and "091" not in codes  # Porvoo, Helsinki
    assert set(codes) == {code for code, one in municipalities().items() if one.county_code == "01"}


def test_a_source_asks_somebody_when_it_asks_another_machine(tmp_path):
    text = (
        "sources:\n  ptv: {base_url: 'https://api.example.fi'}\n  stea: {}\n  lista: {kind: csv, path: lista.csv}\n"
        "  kortit: {kind: cards, archive: kortit}\n  oma: {kind: events, url: 'http://127.0.0.1:8/v1'}\n"
        "  haettu: {kind: csv, url: 'https://lista.example.fi/a.csv'}\n"
    )
    sources = load(config(tmp_path, text), environment={}).sources
    assert [s.id for s in sources if s.asks_somebody] == ["ptv", "stea", "haettu"]
