"""Night after night through the stages: what the catalogue says of records and ids that come and go."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline import outcomes, stages, storage
from pipeline.settings import load
from pipeline.storage import Stop

pytestmark = pytest.mark.slow
START = datetime(2026, 11, 1, 2, tzinfo=UTC)
WORDS = "Sydän Shakki Kuoro Teatteri Melonta Luonto Kalastus Judo Tanssi Neule Valokuva Hiihto Uinti Purje".split()
CONFIG = """
data_dir: data
identity: {churn_limit: 0.01}
sources:
  lista:
    kind: csv
    path: lista.csv
    name: Lista
    publisher: Kunta
    grace_days: 14
    id_column: Tunnus
    columns: {name: Nimi, email: Sposti}
"""


class Nights:
    """A folder with one list of organisations, run by day."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "koonti.yml").write_text(CONFIG, encoding="utf-8")
        self.settings = load(folder / "koonti.yml", environment={})

    def run(self, day, rows, **options):
        lines = "".join(f"{n},{name},{email}\n" for n, (name, email) in rows.items())
        (self.folder / "lista.csv").write_text(f"Tunnus,Nimi,Sposti\n{lines}", encoding="utf-8")
        now = START + timedelta(days=day)
        for source in self.settings.sources:
            stages.take_snapshot(self.settings, source, now=now, progress=lambda text: None)
            outcome = stages.land_source(self.settings, source, accept_shrink=True)
            outcomes.note(self.settings, outcome)
            assert outcomes.unaccounted(self.settings, source, outcome) == 0
        stages.match_records(self.settings)
        stages.assign_ids(self.settings, now=now)
        _, broken = stages.build_catalogue(self.settings)
        assert broken == []
        self.release = stages.publish(self.settings, now=now, **options)
        return self

    def rows(self, table):
        return storage.read_table(self.release.path / "parquet", table).to_pylist()

    def ids(self):
        return {r["native_id"]: r["entity_id"] for r in self.rows("bridge")}

    def bridge(self, native):
        return next(r for r in self.rows("bridge") if r["native_id"] == native)

    def registered(self, entity):
        return next(r for r in self.rows("entity_registry") if r["entity_id"] == entity)


def organisations(*numbers):
    return {str(n): (f"Kuopion {WORDS[n]}kerho ry", f"posti{n}@example.fi") for n in numbers}


@pytest.fixture
def nights(tmp_path):
    return Nights(tmp_path)


def test_a_missing_organisation_stays_for_the_days_of_grace_and_leaves_a_tombstone(nights):
    first = nights.run(0, organisations(0, 1, 2)).ids()
    seen = nights.bridge("0")["last_seen"]
    nights.run(1, organisations(1, 2))
    assert nights.bridge("0")["lifecycle"] == "not_seen"
    assert nights.bridge("0")["not_seen_since"] == START + timedelta(days=1)
    assert nights.bridge("0")["last_seen"] == seen
    assert {r["id"] for r in nights.rows("organization")} == set(first.values())
    nights.run(15, organisations(1, 2))
    assert {r["id"] for r in nights.rows("organization")} == {first["1"], first["2"]}
    assert (nights.bridge("0")["lifecycle"], nights.bridge("0")["entity_id"]) == ("ended", first["0"])
    tomb = nights.registered(first["0"])
    assert (tomb["state"], tomb["name"]) == ("retired", "Kuopion Sydänkerho ry")
    nights.run(30, organisations(0, 1, 2))
    assert nights.ids() == first
    assert [e["event"] for e in nights.rows("entity_event") if e["entity_id"] == first["0"]] == [
        "minted",
        "retired",
        "revived",
    ]


def test_an_id_given_to_another_organisation_carries_no_identity_along(nights):
    first = nights.run(0, organisations(0, 1, 2)).ids()
    reused = organisations(0, 1, 2) | {"0": ("Iisalmen Marttayhdistys ry", "martat@example.org")}
    nights.run(1, reused)
    assert nights.ids() == first
    assert "Iisalmen Marttayhdistys ry" not in {r["name"] for r in nights.rows("organization")}
    assert [r["record_id"] for r in nights.rows("issue") if r["code"] == "reused_native_id"] == ["lista:0"]
    nights.run(15, reused)
    assert nights.ids()["0"] not in first.values()
    assert nights.registered(first["0"])["state"] == "retired"
    after = nights.ids()
    assert nights.run(16, reused).ids() == after


def test_unchanged_nights_change_no_id_and_add_no_event(nights):
    nights.run(0, organisations(0, 1, 2))
    ids, events = nights.ids(), nights.rows("entity_event")
    nights.run(1, organisations(0, 1, 2))
    assert nights.ids() == ids
    assert nights.rows("entity_event") == events


def test_too_many_changed_ids_hold_the_release_back_until_accepted(nights):
    everybody = organisations(*range(14))
    first = nights.run(0, everybody).release
    nights.run(1, organisations(0, 1))
    with pytest.raises(Stop, match=r"12 of 14 ids of organisations would change.*changes in lista.*accept-churn"):
        nights.run(20, organisations(0, 1))
    assert nights.release.version != first.version
    nights.run(21, organisations(0, 1), accept_churn=True)
    assert len(nights.rows("organization")) == 2
