"""People decide through commands, and the next run follows: joined, kept apart, corrected, taken back."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from click.testing import CliRunner

from pipeline import outcomes, stages
from pipeline.cli import cli
from pipeline.ledger import files
from pipeline.settings import load
from pipeline.storage import read_table

CONFIG = """
sources:
  lista: {kind: csv, path: lista.csv}
  toinen: {kind: csv, path: toinen.csv}
id_seed: 5
"""
LISTA = """Tunniste;Yhdistys;Y-tunnus;Puhelin;Kunta
L1;Kuopion Latu ry;1234567-1;044 000 0001;Kuopio
L2;Kuopion Kuorokerho ry;;044 000 0002;Kuopio
L3;Varkauden Lintuystävät ry;;;Varkaus
"""
TOINEN = """Tunniste;Yhdistys;Y-tunnus;Puhelin;Kunta
Ta;Kuopion Latu;1234567-1;044 000 0001;Kuopio
Tb;Laulun Ystävät;;;Kuopio
"""


class Place:
    """A folder with a configuration and two lists; runs every stage without the scheduler, and commands."""

    def __init__(self, folder):
        self.folder = folder
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        (folder / "koonti.yml").write_text(CONFIG, encoding="utf-8")
        (folder / "lista.csv").write_text(LISTA, encoding="utf-8")
        (folder / "toinen.csv").write_text(TOINEN, encoding="utf-8")

    def night(self):
        settings = load(self.folder / "koonti.yml", environment={})
        self.now += timedelta(days=1)
        for source in settings.sources:
            stages.take_snapshot(settings, source, now=self.now, progress=lambda _: None)
            outcomes.note(settings, stages.land_source(settings, source))
        stages.match_records(settings)
        stages.assign_ids(settings, now=self.now)
        _, broken = stages.build_catalogue(settings)
        assert broken == []
        self.parquet = stages.publish(settings, now=self.now).path / "parquet"

    def table(self, name):
        return read_table(self.parquet, name).to_pylist()

    def entity(self, record):
        return next(b["entity_id"] for b in self.table("bridge") if b["record_id"] == record)

    def organisation(self, record):
        wanted = self.entity(record)
        return next(o for o in self.table("organization") if o["id"] == wanted)

    def say(self, *words, code=0):
        result = CliRunner().invoke(cli, [*words, "--config", str(self.folder / "koonti.yml"), "--author", "kk"])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    def ledger(self, name="judgements"):
        return files.read(self.folder / "data" / "ledger", name)

    def state(self, table="judgement"):
        return [r["state"] for r in self.table(table)]


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """One release that commands may look at; who writes to its ledger cleans up."""
    place = Place(tmp_path_factory.mktemp("place"))
    place.night()
    return place


@pytest.fixture
def place(published):
    yield published
    for path in (published.folder / "data" / "ledger").glob("*.csv"):
        path.unlink()


@pytest.mark.slow
def test_what_people_judge_holds_from_the_next_run_until_it_is_revoked(tmp_path):
    place = Place(tmp_path)
    place.night()
    latu = place.entity("lista:L1")
    assert place.entity("toinen:Ta") == latu
    assert place.entity("lista:L2") != place.entity("toinen:Tb")

    place.say("judge", "lista:L2", "toinen:Tb", "same")
    place.say("un-merge", latu)
    place.say("judge", "lista:L2", "lista:L3", "affiliated")
    place.night()
    assert place.entity("lista:L2") == place.entity("toinen:Tb")
    assert place.entity("lista:L1") != place.entity("toinen:Ta")
    assert place.state() == ["applied"] * 3
    (relation,) = [r for r in place.table("relation") if r["rule"] == "judgement"]
    assert {relation["organization_id_a"], relation["organization_id_b"]} == {
        place.entity("lista:L2"),
        place.entity("lista:L3"),
    }
    place.night()
    assert place.entity("lista:L1") != place.entity("toinen:Ta"), "it never comes back"

    apart = next(r["id"] for r in place.ledger() if r["decision"] == "different")
    place.say("judge", "--revoke", apart)
    place.night()
    assert place.entity("lista:L1") == place.entity("toinen:Ta") == latu
    assert sorted(place.state()) == ["applied", "applied", "revoked"]


@pytest.mark.slow
def test_a_correction_stands_from_the_next_run_until_a_source_says_the_same(tmp_path):
    place = Place(tmp_path)
    place.night()
    place.say("correct", place.entity("lista:L3"), "email", "linnut@example.fi")
    place.night()
    assert place.organisation("lista:L3")["email"] == "linnut@example.fi"
    text = (place.folder / "lista.csv").read_text(encoding="utf-8")
    text = text.replace("Kunta\n", "Kunta;Sähköposti\n").replace("Varkaus\n", "Varkaus;linnut@example.fi\n")
    (place.folder / "lista.csv").write_text(text, encoding="utf-8")
    place.night()
    assert place.organisation("lista:L3")["email"] == "linnut@example.fi"
    assert place.state("correction") == ["caught_up"]
    con = duckdb.connect(str(place.parquet.parent / "catalogue.duckdb"), read_only=True)
    assert con.execute("SELECT count(*) FROM issue WHERE code = 'correction_caught_up'").fetchall() == [(1,)]
    con.close()


def test_an_organisation_stands_for_its_best_record(place):
    said = place.say("judge", place.entity("lista:L1"), "lista:L3", "different", "--note", "eri väki")
    assert "lista:L1 (Kuopion Latu ry), the record that stands for org_" in said
    (row,) = place.ledger()
    assert (row["record_id_a"], row["record_id_b"], row["author"], row["note"]) == (
        "lista:L1",
        "lista:L3",
        "kk",
        "eri väki",
    )
    assert row["evidence"].startswith("name=")
    assert f"Wrote {row['id']} to {place.folder}/data/ledger/judgements.csv, line 2." in said
    assert "next koonti sync" in said


def test_the_parent_is_the_first(place):
    said = place.say("judge", "lista:L1", "lista:L3", "parent")
    assert "A is the parent of B" in said
    assert [(r["decision"], r["relation"]) for r in place.ledger()] == [("related", "parent")]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("judge", "lista:L11", "lista:L2", "same"), 2, "Did you mean lista:L1 (Kuopion Latu ry)"),
        (("judge", "Varkauden lintuystavat", "lista:L2", "same"), 2, "Did you mean lista:L3"),
        (("judge", "lista:L1", "lista:L1", "same"), 1, "both are the record lista:L1"),
        (("judge", "lista:L1", "lista:L2"), 2, "name A, B and the decision"),
        (("judge", "--revoke", "jdg_9"), 1, "has no row 'jdg_9'"),
        (("correct", "lista:L1", "business_id", "1234567-2"), 2, "right check digit"),
        (("correct", "lista:L1", "e-mail", "x"), 2, "Did you mean 'email'?"),
        (("correct", "lista:L1", "business_id", "1234567-1"), 0, "says that already"),
        (("correct", "lista:L1", "email", "a@example.fi", "--until", "1.1.2001"), 1, "has passed"),
        (("correct", "lista:L1"), 2, "takes it out"),
        (("un-merge", "lista:L3"), 1, "one record only"),
        (("un-merge", "lista:L1", "--record", "lista:L2"), 1, "is no record of org_"),
        (("un-merge", "lista:L1", "--dry-run"), 0, "Nothing was written."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(place, words, code, said):
    assert said in place.say(*words, code=code)
    assert not (place.folder / "data" / "ledger" / "judgements.csv").exists()
    assert not (place.folder / "data" / "ledger" / "corrections.csv").exists()


def test_un_merge_says_the_groups_and_judges_every_pair_across_them(place):
    said = place.say("un-merge", place.entity("lista:L1"), "--record", "toinen:Ta")
    assert "Group 1: lista:L1 (Kuopion Latu ry)\nGroup 2: toinen:Ta (Kuopion Latu)\n" in said
    assert [(r["record_id_a"], r["record_id_b"], r["decision"]) for r in place.ledger()] == [
        ("lista:L1", "toinen:Ta", "different")
    ]


def test_a_broken_ledger_is_told_line_by_line(place):
    place.say("judge", "lista:L1", "lista:L3", "different")
    path = place.folder / "data" / "ledger" / "judgements.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("different", "diferent"), encoding="utf-8")
    said = place.say("judge", "lista:L1", "lista:L2", "different", code=1)
    assert "judgements.csv:2: decision is 'diferent'; allowed: same, different" in said
