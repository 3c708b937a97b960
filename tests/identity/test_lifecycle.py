"""Records that a source no longer sends: kept for the days of grace, then history; and held ones."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from pipeline.identity.evidence import evidence
from pipeline.identity.lifecycle import Pass, settle
from pipeline.sources.items import Email, Identifier, Item, Name, Phone
from pipeline.transform.landing import land

START = datetime(2026, 11, 1, 2, tzinfo=UTC)
HEART, CHESS = "Varkauden Sydänyhdistys ry", "Kuopion Shakkikerho ry"
A, B = "1234567-1", "7654321-2"


def org(native, name=HEART, number=None, email=None, phone=None):
    return Item(
        "organization", native, names=[Name(name)],
        identifiers=[Identifier("business_id", number)] if number else [],
        emails=[Email(email)] if email else [], phones=[Phone(phone)] if phone else [],
    )  # fmt: skip


def service(native, owner, name="Kerho"):
    return Item("service", native, names=[Name(name)], organization=owner)


class Source:
    """A platform that is read day by day."""

    def __init__(self, grace=14):
        self.grace, self.tables, self.day = grace, None, 0

    def send(self, *items, day=None, full=True, **options):
        self.day = self.day + 1 if day is None else day
        at = START + timedelta(days=self.day)
        version = at.strftime("%Y%m%dT%H%M%SZ")
        landed = land(list(items), source="s", snapshot_version=version).tables
        self.tables = settle(landed, self.tables, Pass("s", version, at, full, self.grace), **options)
        return self

    def column(self, name):
        record = self.tables["record"]
        return dict(zip(record.column("record_id").to_pylist(), record.column(name).to_pylist(), strict=True))

    def issues(self):
        return [(r["record_id"], r["code"], r["level"]) for r in self.tables["issue"].to_pylist()]

    def names(self):
        return {r["id"]: r["name"] for r in self.tables["organization"].to_pylist()}


def test_a_missing_record_stays_as_it_was_with_all_its_rows():
    source = Source().send(org("1", email="a@example.fi", phone="044 000 0001"), org("2", CHESS))
    before = source.tables
    source.send(org("2", CHESS))
    assert source.column("lifecycle") == {"s:1": "not_seen", "s:2": None}
    assert source.column("not_seen_since")["s:1"] == START + timedelta(days=2)
    for name in ("organization", "organization_name", "email", "phone"):
        assert source.tables[name].equals(before[name]), name


def test_a_service_keeps_the_owner_that_is_missing():
    source = Source().send(org("1"), service("k", "1")).send(service("k", "1"))
    assert source.column("owner_record_id")["s:k"] == "s:1"
    assert source.tables["service"].column("organization_id").to_pylist() == ["s:1"]


def test_days_are_counted_from_the_first_pass_without_it():
    source = Source().send(org("1"), org("2", CHESS)).send(org("2", CHESS), day=2).send(org("2", CHESS), day=15)
    assert source.column("not_seen_since")["s:1"] == START + timedelta(days=2)
    source.send(org("2", CHESS), day=16)
    assert list(source.names()) == ["s:2"]
    assert source.tables["ended_record"].column("record_id").to_pylist() == ["s:1"]


def test_a_record_that_is_back_is_as_if_never_away():
    source = Source().send(org("1")).send().send(org("1"))
    assert source.column("lifecycle") == {"s:1": None}
    assert source.column("not_seen_since") == {"s:1": None}


def test_a_partial_pass_makes_nobody_older():
    source = Source().send(org("1"), org("2", CHESS)).send(org("2", CHESS), full=False, day=40)
    assert source.column("lifecycle") == {"s:1": None, "s:2": None}
    source.send(org("2", CHESS), day=41).send(full=False, day=90)
    assert source.column("lifecycle") == {"s:1": "not_seen", "s:2": None}
    assert source.column("not_seen_since")["s:1"] == START + timedelta(days=41)


def test_a_snapshot_that_is_read_again_changes_nothing():
    source = Source().send(org("1"), org("2", CHESS)).send(org("2", CHESS))
    before = source.tables
    assert source.send(org("2", CHESS), day=2).tables == before


def test_without_grace_a_missing_record_ends_at_once():
    assert Source(grace=0).send(org("1"), org("2", CHESS)).send(org("2", CHESS)).column("lifecycle") == {"s:2": None}


class TestHeld:
    """A record that seems to have become somebody else's."""

    @pytest.fixture
    def source(self):
        return Source().send(org("1", HEART, A, "a@example.fi"), service("k", "1"))

    def test_it_is_held_as_it_was_with_an_issue(self, source):
        source.send(org("1", CHESS, B, "b@example.org"), service("k", "1"))
        assert source.names() == {"s:1": HEART}
        assert source.column("lifecycle") == {"s:1": "not_seen", "s:k": None}
        assert source.issues() == [("s:1", "reused_native_id", "warning")]
        assert source.tables["email"].column("email").to_pylist() == ["a@example.fi"]

    def test_new_services_wait_for_it(self, source):
        source.send(org("1", CHESS, B), service("k", "1"), service("new", "1", "Shakki"))
        assert set(source.column("name")) == {"s:1", "s:k"}
        assert ("s:new", "changed_identity", "warning") in source.issues()

    def test_when_the_platform_takes_it_back_nothing_has_happened(self, source):
        before = source.tables["organization"]
        source.send(org("1", CHESS, B)).send(org("1", HEART, A, "a@example.fi"), service("k", "1"))
        assert source.tables["organization"].equals(before)
        assert source.column("lifecycle")["s:1"] is None
        assert source.column("identity_since")["s:1"] is None

    def test_after_the_days_of_grace_it_is_somebody_else(self, source):
        other = org("1", CHESS, B)
        source.send(other, day=2).send(other, day=15)
        assert source.names() == {"s:1": HEART}
        source.send(other, day=16)
        assert source.names() == {"s:1": CHESS}
        assert source.column("identity_since")["s:1"] == "20261117T020000Z"
        assert ("s:1", "changed_identity", "info") in source.issues()
        source.send(other)
        assert source.column("identity_since")["s:1"] == "20261117T020000Z"

    def test_a_person_may_accept_it_at_once(self, source):
        source.send(org("1", CHESS, B), accepted=["s:1"])
        assert source.names() == {"s:1": CHESS}
        assert source.column("identity_since")["s:1"] == "20261103T020000Z"

    def test_a_corrected_number_is_carried_along(self, source):
        source.send(org("1", HEART, B, "a@example.fi"))
        assert source.tables["organization"].column("business_id").to_pylist() == [B]
        assert source.column("identity_since")["s:1"] is None

    def test_another_record_of_the_organisation_can_speak_for_it(self, source):
        other = land([org("x", CHESS, B)], source="t", snapshot_version="v").tables
        beside = {"s:1": evidence(other, ["t:x"])["t:x"]}
        source.send(org("1", CHESS, B), siblings=lambda records: {r: beside[r] for r in records})
        assert source.names() == {"s:1": CHESS}

    def test_an_id_that_comes_back_for_another_body_is_told_by_digests(self, source):
        source.send(day=2).send(day=16).send(org("1", CHESS, B, "b@example.org"), day=30)
        assert source.column("identity_since") == {"s:1": "20261201T020000Z"}
        assert source.tables["ended_record"].column("record_id").to_pylist() == ["s:k"]
        assert ("s:1", "reused_native_id", "info") in source.issues()

    def test_an_id_that_comes_back_for_the_same_body_is_itself(self, source):
        source.send(day=2).send(day=16).send(org("1", HEART, A), day=30)
        assert source.column("identity_since") == {"s:1": None}


def test_the_first_pass_is_taken_as_it_is():
    tables = land([org("1")], source="s", snapshot_version="v").tables
    assert settle(tables, None, Pass("s", "v", START, True, 14)) == tables
    assert isinstance(tables["record"], pa.Table)
