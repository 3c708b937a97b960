"""The ledger's suppressions: mistakes are named without their values, and what holds follows records everywhere."""

import pyarrow as pa
import pytest

from pipeline import schema
from pipeline.ledger.files import LedgerBroken
from pipeline.privacy import final, upkeep
from pipeline.privacy.captures import scrubbed, shield
from pipeline.privacy.needles import Needle
from pipeline.privacy.suppression import Suppressions, load
from pipeline.sources.items import Contact, Email, Item, Name, Phone, Text
from pipeline.sources.snapshots import Capture
from pipeline.storage import Stop, write_table, write_tables
from pipeline.transform.landing import land

HEAD = "id,scope,target,field,value,reason,author,decided_at,revokes\n"
TAIL = ",asked,me,2026-01-01T00:00:00Z,\n"


def written(folder, *rows, name="suppressions"):
    (folder / f"{name}.csv").write_text(
        HEAD + "".join(f"sup_{i},{r}{TAIL}" for i, r in enumerate(rows)), encoding="utf-8"
    )
    return folder


def opted(folder, *rows):
    head = "id,source,host,who,since,note,revokes\n"
    (folder / "opt_outs.csv").write_text(
        head + "".join(f"opt_{i},{r},\n" for i, r in enumerate(rows)), encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(("row", "said"), [
    ("record,,,", "names no target"), ("field,a:1,shoe,", "cannot be suppressed alone"),
    ("person,,,Salattu", "at least two words"), ("person,,phone,0440", "at least six digits"),
    ("person,,email,salattu", "not whole"), ("record,org_X,,", "knows no records"),
])  # fmt: skip
def test_a_row_that_cannot_be_followed_stops_everything_and_shows_no_value(tmp_path, row, said):
    with pytest.raises(LedgerBroken) as caught:
        load(written(tmp_path, row))
    assert said in str(caught.value)
    assert "suppressions.csv:2" in str(caught.value)
    assert "alattu" not in str(caught.value)


def test_an_entity_stands_for_its_records(tmp_path):
    rules = load(written(tmp_path, "record,org_A,,", "field,org_B,email,"), members=lambda e: [f"s:{e}1", f"s:{e}2"])
    assert rules.records == {"s:org_A1", "s:org_A2"}
    assert rules.fields["s:org_B2"] == {"email"}


def test_opt_outs_forbid_hosts_and_their_subdomains_from_their_day_on(tmp_path):
    from datetime import date

    rules = load(opted(tmp_path, ",Example.org,who,2026-01-01,", "ptv,,who,2026-01-01,", "lista:7,,who,2026-01-01,"))
    assert rules.forbids("https://www.example.org/x")
    assert not rules.forbids("https://example.com/?example.org")
    assert (rules.sources, rules.records) == ({"ptv"}, {"lista:7"})
    assert not load(tmp_path, today=date(2025, 12, 31))


def item(number, **fields):
    return Item("organization", str(number), names=[Name(f"Esimerkki {number} ry")], **fields)


def landed(rules, *items):
    return land(items, source="s", snapshot_version="v", rules=rules)


def test_a_suppressed_record_takes_its_services_along_and_the_books_stay_closed():
    service = Item("service", "9", organization="1", names=[Name("Kerho")])
    child = item(2)
    child.organization = "1"
    made = landed(Suppressions(records=frozenset({"s:1"})), item(1), service, child)
    assert made.tables["record"].column("record_id").to_pylist() == ["s:2"]
    assert made.read == 1
    assert "s:1" not in str([t.to_pylist() for t in made.tables.values()])


def test_a_suppressed_field_goes_from_every_table_and_from_the_services_of_its_organisation():
    service = Item("service", "9", organization="1", names=[Name("Kerho")], emails=[Email("a@example.fi")])
    one = item(1, emails=[Email("A@example.fi")], phones=[Phone("044 000 0101")])
    made = landed(
        Suppressions(fields={"s:1": frozenset({"email"})}), one, service, item(2, emails=[Email("b@example.fi")])
    )
    said = str([t.to_pylist() for t in made.tables.values()]).casefold()
    assert "a@example.fi" not in said.replace("b@example.fi", "")
    assert "b@example.fi" in said
    assert "+358440000101" in said


def test_a_person_goes_from_contacts_texts_and_addresses_alike():
    needles = (
        Needle("name", "Matti Malli", "x"),
        Needle("phone", "0440000101", "x"),
        Needle("email", "m@example.fi", "x"),
    )
    one = item(1, contacts=[Contact("MALLI Matti", phone="+358 44 0000101", email="m@example.fi")],
               texts=[Text("description", "Kysy Matti Mallilta!")], emails=[Email("m@example.fi")],
               phones=[Phone("044-000 0101 Matti Malli")])  # fmt: skip
    made = landed(Suppressions(needles=needles), one)
    said = str([t.to_pylist() for t in made.tables.values()]).casefold()
    for value in ("malli", "440000101", "m@example.fi"):
        assert value not in said
    assert made.tables["contact"].num_rows == 0
    assert made.tables["record"].num_rows == 1


def test_nothing_of_a_person_or_an_opted_out_host_reaches_the_snapshot(tmp_path):
    moment = upkeep.datetime(2026, 1, 1, tzinfo=upkeep.UTC)
    keep = shield(Suppressions(needles=(Needle("name", "Matti Malli", "x"),), hosts=frozenset({"example.org"})))
    assert keep(Capture("https://example.org/", b"x", "text/plain", moment)) is None
    assert b"Malli" not in keep(Capture("https://a.example/", b'{"n": "Matti Malli"}', "", moment)).body
    same = Capture("https://a.example/", b"x", "", moment)
    assert keep(same) is same


def test_in_json_the_smallest_object_of_a_hidden_record_is_emptied_with_what_nobody_reads():
    moment = upkeep.datetime(2026, 1, 1, tzinfo=upkeep.UTC)
    body = b'[{"id": "abcdefgh1", "name": "Zyx ry", "secret": "unread", "n": 5}, {"id": "abcdefgh2", "name": "Muu ry"}]'
    capture = Capture("https://a.example/", body, "application/json", moment)
    parsed = [
        Item("organization", "abcdefgh1", names=[Name("Zyx ry")]),
        Item("organization", "abcdefgh2", names=[Name("Muu ry")]),
    ]
    (made,) = scrubbed([capture], parsed, "s", Suppressions(records=frozenset({"s:abcdefgh1"})))
    assert b"Zyx" not in made.body
    assert b"unread" not in made.body
    assert b"Muu ry" in made.body


def test_in_a_spreadsheet_the_row_of_a_hidden_record_is_emptied():
    moment = upkeep.datetime(2026, 1, 1, tzinfo=upkeep.UTC)
    capture = Capture("file:a.csv", b"Nimi;Muuta\nZyx ry;unread\nMuu ry;stays\n", "text/csv", moment)
    parsed = [Item("organization", "x", names=[Name("Zyx ry")]), Item("organization", "y", names=[Name("Muu ry")])]
    (made,) = scrubbed([capture], parsed, "s", Suppressions(records=frozenset({"s:x"})))
    assert made.body == b"Nimi;Muuta\n;\nMuu ry;stays\n"


MALLI = {"needles": (Needle("name", "Matti Malli", "sup_1"),)}
NUMBER = {"needles": (Needle("phone", "0440000101", "sup_1"),)}
RECORD = {"records": frozenset({"s:1"})}
FIELD = {"fields": {"s:1": frozenset({"email"})}}


@pytest.mark.parametrize(
    ("table", "row", "rules"),
    [
        ("text", {"id": "1", "link_id": "a", "field": "d", "value": "Kysy Matti Mallilta"}, MALLI),
        ("phone", {"id": "1", "number": "+358440000101"}, NUMBER),
        ("entity_record", {"entity_id": "e", "record_id": "s:1"}, RECORD),
        ("assertion", {"entity_id": "e", "field": "email", "record_id": "s:1", "value": "x"}, FIELD),
    ],
)
def test_the_last_look_stops_a_release_that_would_show_it(tmp_path, table, row, rules):
    write_table(tmp_path / f"{table}.parquet", pa.Table.from_pylist([row]))
    final.inspect(tmp_path, Suppressions())
    with pytest.raises(Stop) as caught:
        final.inspect(tmp_path, Suppressions(**rules))
    assert table in str(caught.value)
    assert "Malli" not in str(caught.value)


def test_the_last_look_reads_files_of_any_kind(tmp_path):
    (tmp_path / "x.duckdb").write_bytes(b"\x00\x01\x02" * 50 + b"+358440000101" + b"\x00" * 50)
    with pytest.raises(Stop):
        final.inspect(tmp_path, Suppressions(needles=(Needle("phone", "044 000 0101", "sup_1"),)))


def test_an_entity_without_records_left_becomes_a_tombstone_and_stays_one():
    old = schema.table_from_rows("entity_registry", [
        {"entity_id": "org_A", "state": "retired", "last_release": "v1"},
        {"entity_id": "org_B", "state": "retired", "last_release": "v1"},
        {"entity_id": "org_C", "state": "live", "last_release": "v2"},
    ])  # fmt: skip
    members = schema.table_from_rows("entity_record", [
        {"entity_id": e, "record_id": r, "is_current": False, "last_release": "v1"}
        for e, r in (("org_A", "s:1"), ("org_B", "s:2"), ("org_B", "s:1"), ("org_C", "s:1"))
    ])  # fmt: skip
    registry, left = upkeep.tombstones(old, members, Suppressions(records=frozenset({"s:1"})))
    assert dict(zip(registry.column("entity_id").to_pylist(), registry.column("state").to_pylist(), strict=True)) == {
        "org_A": "suppressed", "org_B": "retired", "org_C": "live",
    }  # fmt: skip
    assert left.column("record_id").to_pylist() == ["s:2"]


def test_messages_of_a_run_carry_no_contact_of_a_person():
    from pipeline.privacy.logs import clean

    said = clean(
        "https://a.example: 'Matti 044 000 0101, matti.malli@example.fi, 131052-308T' is no list; 30 000 items"
    )
    for value in ("0101", "matti.malli", "131052"):
        assert value not in said
    assert said.endswith("is no list; 30 000 items")


@pytest.mark.parametrize("row", [",example.org,who,2026-01-01,", "lista,,who,2026-01-01,"])
def test_a_source_that_opted_out_is_neither_asked_nor_used(tmp_path, row):
    from pipeline import stages
    from pipeline.settings import Settings, SourceSettings

    data = tmp_path / "data"
    (data / "ledger").mkdir(parents=True)
    opted(data / "ledger", row)
    source = SourceSettings("lista", "csv", {"url": "https://lists.example.org/a.csv"})
    settings = Settings(config_path=tmp_path / "koonti.yml", data_dir=data, sources=(source,))
    write_tables(data / "records" / "lista", {"record": schema.empty("record")}, {"version": "v", "organizations": 5})
    moment = upkeep.datetime(2026, 1, 1, tzinfo=upkeep.UTC)
    taken = stages.take_snapshot(settings, source, now=moment, progress=lambda text: None)
    assert (taken.state, taken.failed, taken.requests) == ("opted_out", False, 0)
    outcome = stages.land_source(settings, source)
    assert (outcome.state, outcome.organizations, outcome.failed) == ("opted_out", 0, False)
    assert stages.record_folders(settings) == []
