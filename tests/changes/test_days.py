"""Some days through the stages: what the feed, `koonti changes` and `koonti explain` tell of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from pipeline import outcomes, stages, storage
from pipeline.changes import apply, differences, fingerprints
from pipeline.changes.coverage import covered
from pipeline.cli import cli
from pipeline.dedupe import survivorship
from pipeline.ledger import files
from pipeline.settings import load
from pipeline.transform.contacts import emails

pytestmark = pytest.mark.slow
START = datetime(2026, 11, 1, 2, tzinfo=UTC)
CONFIG = """
data_dir: data
id_seed: 5
{privacy}
sources:
  lista: {{kind: csv, path: lista.csv, id_column: Tunnus, grace_days: 0}}
  toinen: {{kind: csv, path: toinen.csv, id_column: Tunnus, grace_days: 0}}
"""
KUORO = {"1": "Kuopion Sydänkuoro ry,toimisto@kuoro.example.fi,Kuopio"}
LATU = {"2": "Siilinjärven Latuyhdistys ry,latu@example.fi,Siilinjärvi"}
TWIN = {"9": "Kuopion Sydänkuoro,toimisto@kuoro.example.fi,Kuopio"}


class Days:
    """A folder with two lists, run day by day."""

    def __init__(self, folder):
        self.folder, self.day, self.releases = folder, 0, []
        self.configure()

    def configure(self, privacy=""):
        (self.folder / "koonti.yml").write_text(CONFIG.format(privacy=privacy), encoding="utf-8")
        self.settings = load(self.folder / "koonti.yml", environment={})

    def run(self, lista, toinen):
        for name, rows in (("lista", lista), ("toinen", toinen)):
            lines = "".join(f"{n},{row}\n" for n, row in rows.items())
            (self.folder / f"{name}.csv").write_text(f"Tunnus,Nimi,Sähköposti,Kunta\n{lines}", encoding="utf-8")
        now = START + timedelta(days=self.day)
        self.day += 1
        for source in self.settings.sources:
            stages.take_snapshot(self.settings, source, now=now, progress=lambda text: None)
            outcomes.note(self.settings, stages.land_source(self.settings, source, accept_shrink=True))
        stages.match_records(self.settings)
        stages.assign_ids(self.settings, now=now)
        _, broken = stages.build_catalogue(self.settings)
        assert broken == []
        self.releases.append(stages.publish(self.settings, now=now, accept_churn=True))
        self.assert_replays()
        return {(r["operation"], r["cause"]): r for r in self.tables(-1)["change"].to_pylist()}

    def tables(self, which):
        folder = self.releases[which].path / "parquet"
        return {n: storage.read_table(folder, n) for n in (*(c.name for c in covered()), "change")}

    def assert_replays(self):
        now = self.tables(-1)
        followed = apply(self.tables(-2) if len(self.releases) > 1 else None, now["change"], now)
        assert differences(followed, now) == []

    def ask(self, *words):
        asked = CliRunner().invoke(cli, [*words, "--config", str(self.folder / "koonti.yml")], env={"COLUMNS": "200"})
        return asked.exit_code, asked.output


@pytest.fixture
def days(tmp_path):
    return Days(tmp_path)


def test_days_of_the_world_of_people_and_of_ours_are_told_apart(days, monkeypatch):
    assert set(days.run(KUORO | LATU, TWIN)) == {("created", "source")}
    assert days.run(KUORO | LATU, TWIN) == {}
    renamed = KUORO | {"2": LATU["2"].replace("Latu", "Hiihto")}
    (told,) = days.run(renamed, TWIN).items()
    assert told[0] == ("updated", "source")
    assert (told[1]["fields"], told[1]["sources"]) == ("name", "lista")

    shipped = survivorship.rules()
    rules = replace(shipped, fields={**shipped.fields, "name": ("name-9", ("newest",))})
    with monkeypatch.context() as ours:
        ours.setattr(survivorship, "rules", lambda: rules)
        assert set(days.run(renamed, TWIN)) == {("updated", "rule")}
    assert set(days.run(renamed, TWIN)) == {("updated", "rule")}

    twin = next(r["entity_id"] for r in days.tables(-1)["bridge"].to_pylist() if r["native_id"] == "9")
    row = {"target": "toinen:9", "field": "website", "value": "https://kuoro.example.fi", "author": "x"}
    row |= {"decided_at": "2026-11-05T10:00:00Z"}
    kept = files.append(days.settings.ledger_dir, "corrections", row, data_dir=days.settings.data_dir)
    (told,) = days.run(renamed, TWIN).items()
    assert (told[0], told[1]["entity_id"]) == (("updated", "correction"), twin)
    files.append(
        days.settings.ledger_dir,
        "corrections",
        {"revokes": kept["id"], "author": "x", "decided_at": "2026-11-06T10:00:00Z"},
        data_dir=days.settings.data_dir,
    )
    assert set(days.run(renamed, TWIN)) == {("updated", "correction")}

    days.configure("privacy: {hide_addresses_of: [Hiihto]}\nregion: '749'")
    assert set(days.run(renamed, TWIN)) == {("left", "policy")}


def test_a_normaliser_that_changes_is_no_news_of_the_platform(days, monkeypatch):
    days.run(KUORO | LATU, {})

    def others(value):
        return emails(value.replace("latu@", "hiihto@") if value else value)

    monkeypatch.setattr("pipeline.transform.landing.details.emails", others)
    monkeypatch.setattr("pipeline.records._code", lambda: "other code")  # else what has not changed is taken over
    assert set(days.run(KUORO | LATU, {})) == {("updated", "rule")}


def test_what_is_suppressed_of_a_person_is_policy_though_the_kept_answer_is_masked_too(days):
    days.run(KUORO | LATU, {})
    before = days.releases[-1].manifest["fingerprints"]
    row = {"scope": "person", "field": "email", "value": "latu@example.fi", "author": "x"}
    row |= {"decided_at": "2026-11-01T10:00:00Z"}
    files.append(days.settings.ledger_dir, "suppressions", row, data_dir=days.settings.data_dir)
    assert set(days.run(KUORO | LATU, {})) == {("updated", "policy")}
    after = days.releases[-1].manifest["fingerprints"]
    assert {name for name in before if before[name] != after[name]} == {"suppressions"}
    assert days.run(KUORO | LATU, {}) == {}


def test_the_commands_tell_the_story(days):
    days.run(KUORO | LATU, {})
    days.run(KUORO | LATU, TWIN)
    days.run(KUORO, TWIN)
    versions = [r.version for r in days.releases]
    code, said = days.ask("changes")
    assert code == 0
    assert f"From {versions[1]} to {versions[2]}:" in said
    assert "retired" in said
    assert "Siilinjärven Latuyhdistys ry" in said
    code, said = days.ask("changes", "--from", versions[0])
    assert (code, "in 2 steps" in said, "updated" in said) == (0, True, True)
    code, said = days.ask("changes", "--from", "20250101T000000Z")
    assert (code, "there is no release '20250101T000000Z'" in said) == (2, True)
    code, said = days.ask("changes", "--from", versions[2], "--to", versions[1])
    assert (code, "is not before" in said) == (2, True)

    gone = next(r for r in days.tables(-1)["change"].to_pylist() if r["operation"] == "retired")["entity_id"]
    code, said = days.ask("explain", gone)
    assert code == 0
    assert "retired: no record of it is seen any more" in said
    assert "What became of the id:" in said
    code, said = days.ask("explain", "toinen:9")
    assert code == 0
    assert "Why they are one" in said
    assert "What changed when" in said
    assert days.ask("explain", "org_nobody")[0] == 2


def test_a_night_works_out_what_something_touched_and_all_when_a_rule_or_the_code_is_another(days, monkeypatch):
    def worked_out():
        return storage.read_manifest(days.settings.catalogue_dir)["golden"]

    days.run(KUORO | LATU, TWIN)
    assert worked_out() == {"worked_out": "all", "because": "there is no catalogue of a night before"}
    days.run(KUORO | LATU, TWIN)
    assert worked_out()["worked_out"] == 0
    renamed = KUORO | {"2": LATU["2"].replace("Latu", "Hiihto")}
    days.run(renamed, TWIN)
    assert worked_out()["worked_out"] == 1

    shipped = fingerprints._of_files
    for name in ("rules", "code"):
        with monkeypatch.context() as ours:
            ours.setattr(fingerprints, "_of_files", {"policy": shipped("policy"), "rules": shipped("rules"),
                                                     "code": shipped("code"), name: "edited"}.get)  # fmt: skip
            days.run(renamed, TWIN)
            assert worked_out() == {"worked_out": "all", "because": f"not as in the night before: {name}"}
        days.run(renamed, TWIN)
    days.run(renamed, TWIN)
    assert worked_out()["worked_out"] == 0


def test_a_catalogue_that_was_made_again_after_its_release_tells_the_feed_nothing(days):
    days.run(KUORO | LATU, TWIN)
    renamed = KUORO | {"2": LATU["2"].replace("Latu", "Hiihto")}
    (days.folder / "lista.csv").write_text(
        "Tunnus,Nimi,Sähköposti,Kunta\n" + "".join(f"{n},{row}\n" for n, row in renamed.items()), encoding="utf-8"
    )
    source = days.settings.sources[0]
    stages.take_snapshot(days.settings, source, now=START + timedelta(hours=5), progress=lambda text: None)
    outcomes.note(days.settings, stages.land_source(days.settings, source))
    stages.match_records(days.settings)
    stages.assign_ids(days.settings, now=START + timedelta(hours=5))
    stages.build_catalogue(days.settings)
    assert set(days.run(renamed, TWIN)) == {("updated", "source")}
