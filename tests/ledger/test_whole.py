"""A run tells the mistakes of all ledger files at once, each with its file and line, before anything is fetched."""

from datetime import UTC, datetime

import pytest

from pipeline import stages
from pipeline.ledger import whole
from pipeline.ledger.files import LedgerBroken
from pipeline.privacy.suppression import load
from pipeline.settings import Settings, SourceSettings

BROKEN = {
    "judgements": [
        "id,record_id_a,record_id_b,decision,relation,author,decided_at,note,evidence,revokes",
        "j1,a:1,b:1,same,,kk,2026-01-01,,,",
        "j2,a:1,a:1,same,,kk,2026-01-01,,,",
        "j3,a:1,b:2,related,,kk,2026-01-01,,,",
    ],
    "corrections": [
        "id,target,field,language,value,author,decided_at,evidence,expires_at,revokes",
        "c1,a:1,business_id,,1234567-9,kk,2026-01-01,seen,,",
    ],
    "suppressions": [
        "id,scope,target,field,value,reason,author,decided_at,revokes",
        "s1,perhaps,a:1,,,asked,kk,2026-01-01,",
    ],
    "opt_outs": ["id,source,host,who,since,note,revokes", "o1,,,somebody,2026-01-01,,"],
}  # fmt: skip
EXPECTED = ("judgements.csv:3", "judgements.csv:4", "corrections.csv:2", "suppressions.csv:2", "opt_outs.csv:2")


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "ledger"
    folder.mkdir()
    for name, lines in BROKEN.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    inbox = SourceSettings("lista", "csv", {"path": "inbox"})
    made = Settings(tmp_path / "koonti.yml", tmp_path / "data", (inbox,))
    made.ledger_dir.parent.mkdir(parents=True, exist_ok=True)
    if made.ledger_dir != folder:
        folder.rename(made.ledger_dir)
    return made


def assert_all_told(message):
    for place in EXPECTED:
        assert place in message
    assert "more)" not in message


@pytest.mark.parametrize("stage", ["fetching", "reading", "matching"])
def test_the_first_stage_tells_of_every_file_in_one_message(settings, stage):
    (source,) = settings.sources
    run = {
        "fetching": lambda: stages.take_snapshot(
            settings, source, now=datetime(2026, 1, 1, tzinfo=UTC), progress=lambda _: None
        ),
        "reading": lambda: stages.land_source(settings, source),
        "matching": lambda: stages.match_records(settings),
    }[stage]
    with pytest.raises(LedgerBroken) as caught:
        run()
    assert_all_told(str(caught.value))


@pytest.mark.parametrize("mended", sorted(BROKEN))
def test_one_file_that_is_right_hides_no_mistake_of_the_others(settings, mended):
    (settings.ledger_dir / f"{mended}.csv").write_text(BROKEN[mended][0] + "\n", encoding="utf-8")
    with pytest.raises(LedgerBroken) as caught:
        whole.checked(settings.ledger_dir, lambda: load(settings.ledger_dir))
    assert [p for p in EXPECTED if p not in str(caught.value)] == [p for p in EXPECTED if p.startswith(mended)]


def test_many_mistakes_of_one_file_leave_room_for_those_of_another(settings):
    judgements = [BROKEN["judgements"][0], *(f"j{n},a:1,a:1,same,,kk,2026-01-01,,," for n in range(40))]
    (settings.ledger_dir / "judgements.csv").write_text("\n".join(judgements) + "\n", encoding="utf-8")
    with pytest.raises(LedgerBroken) as caught:
        whole.checked(settings.ledger_dir, lambda: load(settings.ledger_dir))
    assert len(caught.value.lines) == 43
    assert "corrections.csv:2" in str(caught.value)
    assert "(and 35 more)" in str(caught.value)


def test_a_ledger_without_files_is_right(tmp_path):
    assert not whole.checked(tmp_path, lambda: load(tmp_path)).records
