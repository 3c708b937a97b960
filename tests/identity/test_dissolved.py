"""A dissolved association keeps its history: what it was called, who told of it, and what happened to it when."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import outcomes, stages, storage
from pipeline.changes import history
from pipeline.changes.story import story
from pipeline.demo.server import Reply, Site, serving
from pipeline.settings import load

pytestmark = pytest.mark.slow
START = datetime(2026, 11, 1, 2, tzinfo=UTC)
OURS, THEIRS = "9000001-1", "9000003-8"
NAMES = {OURS: "Kuopion Melontakerho ry", THEIRS: "Kuopion Shakkikerho ry"}
CONFIG = f"""
data_dir: data
http: {{obey_robots: false}}
identity: {{churn_limit: 1.0}}
sources:
  lista:
    kind: csv
    path: lista.csv
    name: Lista
    publisher: Kunta
    licence: CC BY 4.0
    grace_days: 14
    id_column: Tunnus
    columns: {{name: Nimi, business_id: Y-tunnus}}
  ytj:
    kind: ytj
    business_ids: [{OURS}, {THEIRS}]
    base_url: BASE
    pace_seconds: 0
    grace_days: 14
"""


class Register:
    """PRH's answers for two associations, which can be told to be over or to be forgotten."""

    def __init__(self):
        self.ended, self.forgotten = {}, set()
        self.site = Site()
        self.site.route("/companies", self.answer)

    def answer(self, request):
        one = request.first("businessId")
        known = [] if one in self.forgotten else [self.company(one)]
        return Reply(json.dumps({"totalResults": len(known), "companies": known}).encode())

    def company(self, one):
        return {
            "businessId": {"value": one, "registrationDate": "2001-05-14", "source": "3"},
            "names": [{"name": NAMES[one], "type": "1", "version": 1, "endDate": None, "source": "1"}],
            "companyForms": [{"type": "6", "version": 1, "endDate": None}],
            "tradeRegisterStatus": "1",
            "status": "2",
            "endDate": self.ended.get(one),
        }


class Nights:
    """The stages of a night, on one list and one register."""

    def __init__(self, folder, base):
        self.folder = folder
        (folder / "koonti.yml").write_text(CONFIG.replace("BASE", base), encoding="utf-8")
        self.settings = load(folder / "koonti.yml", environment={})

    def run(self, day, listed):
        lines = "".join(f"{one},{NAMES[one]},{one}\n" for one in listed)
        (self.folder / "lista.csv").write_text(f"Tunnus,Nimi,Y-tunnus\n{lines}", encoding="utf-8")
        now = START + timedelta(days=day)
        for source in self.settings.sources:
            stages.take_snapshot(self.settings, source, now=now, progress=lambda text: None)
            outcome = stages.land_source(self.settings, source, accept_shrink=True)
            assert outcome.state == "fresh", outcome.message
            outcomes.note(self.settings, outcome)
        stages.match_records(self.settings)
        stages.assign_ids(self.settings, now=now)
        assert stages.build_catalogue(self.settings)[1] == []
        self.release = stages.publish(self.settings, now=now)
        return self.release.version

    def rows(self, table, **wanted):
        found = storage.read_table(self.release.path / "parquet", table).to_pylist()
        return [row for row in found if wanted.items() <= row.items()]


def test_a_dissolved_association_keeps_its_history(tmp_path):
    register = Register()
    with serving(register.site) as base:
        nights = Nights(tmp_path, base)
        founded = nights.run(0, [OURS, THEIRS])
        (before,) = nights.rows("organization", business_id=OURS)
        entity, seen = before["id"], nights.rows("bridge", entity_id=before["id"])
        assert {r["source"] for r in seen} == {"lista", "ytj"}

        register.ended[OURS] = "2026-11-02"  # the register says that it is over
        dissolved = nights.run(1, [OURS, THEIRS])
        (still,) = nights.rows("organization", id=entity)
        assert (still["name"], still["status"]) == (NAMES[OURS], "ceased")
        assert nights.rows("assertion", entity_id=entity, field="status", value="ceased", chosen=True)

        nights.run(2, [THEIRS])  # the list has it no more
        nights.run(17, [THEIRS])
        assert {r["source"]: r["lifecycle"] for r in nights.rows("bridge", entity_id=entity)} == {
            "lista": "ended",
            "ytj": "seen",
        }
        assert nights.rows("organization", id=entity, status="ceased")
        register.forgotten.add(OURS)  # the register has it no more
        nights.run(18, [THEIRS])
        gone = nights.run(33, [THEIRS])
        for later in (34, 35):  # and the past is not worn away by the nights that follow
            last = nights.run(later, [THEIRS])

    assert not nights.rows("organization", id=entity)
    (tomb,) = nights.rows("entity_registry", entity_id=entity)
    assert (tomb["state"], tomb["name"], tomb["successors"]) == ("retired", NAMES[OURS], None)
    assert (tomb["first_release"], tomb["last_release"] < gone) == (founded, True)
    events = [(e["version"], e["event"]) for e in nights.rows("entity_event", entity_id=entity)]
    assert events == [(founded, "minted"), (gone, "retired")]
    told = ("record_id", "native_url", "name", "content_hash", "first_seen", "match_basis")
    kept = nights.rows("bridge", entity_id=entity)
    assert {r["lifecycle"] for r in kept} == {"ended"}
    assert [r["record_id"] for r in kept] == [r["record_id"] for r in seen]
    assert [(r["name"], r["first_seen"]) for r in kept] == [(r["name"], r["first_seen"]) for r in seen]
    assert all(r[c] is not None for r in kept for c in told if c != "native_url")
    assert {r["record_id"] for r in nights.rows("entity_record", entity_id=entity)} == {r["record_id"] for r in seen}

    changes = history.past(nights.settings.releases_dir, [entity])
    telling = [c for c in changes if c["operation"] != "updated" or "status" in (c["fields"] or "").split("|")]
    assert [(c["version"], c["operation"], c["cause"]) for c in telling] == [
        (founded, "created", "source"),
        (dissolved, "updated", "source"),
        (gone, "retired", "source"),
    ]
    assert {c["cause"] for c in changes} == {"source"}
    (retired,) = [c for c in changes if c["operation"] == "retired"]
    assert retired["row_hash_before"]
    assert retired["name"] == NAMES[OURS]
    for asked in (entity, *(r["record_id"] for r in seen)):  # an id, or any record of it, still leads to all of this
        found = story(nights.settings.releases_dir, nights.release.path, asked)
        assert (found.id, found.state, found.name) == (entity, "retired", NAMES[OURS])
        assert [e["event"] for e in found.events] == ["minted", "retired"]
        assert {r["record_id"] for r in found.records} == {r["record_id"] for r in seen}
    assert last == nights.release.version
    assert nights.rows("organization", business_id=THEIRS)
