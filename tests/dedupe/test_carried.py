"""The catalogue of a night that takes rows over is, byte for byte, the one of a night that works everything out."""

import random

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pipeline import schema, storage
from pipeline.changes import compute
from pipeline.changes.feed import BESIDE
from pipeline.dedupe import carried, catalogue, last_night, overriding, provenance
from pipeline.dedupe.last_night import Doubt, LastNight
from pipeline.identity import PREFIX
from pipeline.sources.items import Address, Area, Contact, Email, Hours, Identifier, Item, Link, Name, Phone, Text
from pipeline.transform.landing import land

FRAME = last_night.frame({"code": "1"})
TOWNS = ("Kuopio", "Siilinjärvi", "Helsinki", None)
NAMES = ("Latu ry", "LATU", "Kuoro ry", "Martat", "Marttayhdistys ry")
STREETS = ("Katu 1", "Katu 1 A", "Tie 2", "KATU 1")
NUMBERS = ("1234567-1", "0100002-9")
KUOPIO = ("297",)
ADDRESS = {"address": {"street": "Katu 9", "city": "Kuopio", "municipality_code": "297"}}


class World:
    """Records of two sources, some of them one entity, that change from night to night."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.items, self.entity, self.corrected = {}, {}, {}
        for kind, count in (("organization", 4), ("location", 2), ("service", 2)):
            for n in range(count):
                for source in "ab":
                    self.says((source, kind[0] + str(n)), kind)

    def says(self, key, kind):
        """A record says something, anew or for the first time, or goes."""
        rng, (source, native_id) = self.rng, key
        pick = rng.choice
        owner = pick(["o0", "o1", "o2", None])
        told = {
            "names": [Name(pick(NAMES)), *([Name(pick(NAMES), kind="alternative")] if rng.random() < 0.3 else [])],
            "phones": [Phone(f"040 000 000{rng.randrange(4)}") for _ in range(rng.randrange(3))],
            "emails": [Email(f"x{rng.randrange(3)}@example.fi")] if rng.random() < 0.6 else [],
            "links": [Link("https://example.fi/" + str(rng.randrange(3)))] if rng.random() < 0.4 else [],
            "texts": [Text(pick(("description", "summary")), f"Kerho {rng.randrange(4)}", pick(("fi", "sv", None)))],
            "contacts": [Contact(f"Aino {rng.randrange(2)}", None, None, "040 000 0009")] if rng.random() < 0.3 else [],
            "modified": pick(("2026-01-01", "2025-01-01", None)),
        }  # fmt: skip
        address = Address(
            street=pick(STREETS), postal_code=pick(("70100", None)), city="Kuopio", municipality=pick(TOWNS)
        )
        if kind == "organization":
            told |= {"identifiers": [Identifier("business_id", pick(NUMBERS))] if rng.random() < 0.5 else []}
            told |= {
                "addresses": [address] if rng.random() < 0.7 else [],
                "organization": pick([None, "o2", "o3"]),
            }
            told |= {"areas": [Area("nationwide")] if rng.random() < 0.1 else []}
        elif kind == "location":
            told |= {
                "organization": owner,
                "addresses": [address],
                "hours": [self.hours() for _ in range(rng.randrange(3))],
            }
        else:
            told |= {"organization": owner, "locations": [f"l{n}" for n in range(2) if rng.random() < 0.6]}
            told |= {"hours": [self.hours() for _ in range(rng.randrange(3))]}
        self.items[key] = Item(kind=kind, native_id=native_id, **told)
        if rng.random() < 0.3 or key not in self.entity:
            self.entity[key] = f"{PREFIX[kind]}_{rng.choice([native_id, native_id, source + native_id])}"

    def hours(self):
        clock = self.rng.choice((("17:00", "19:00"), ("12:00", "15:00")))
        if self.rng.random() < 0.4:
            return Hours(description=f"Tiistaisin klo {clock[0][:2]}-{clock[1][:2]}.")
        return Hours(*clock, byday=self.rng.choice(("TU", "WE")), freq="WEEKLY", interval=1)

    def night(self, moves):
        """Some of what can happen between two nights."""
        for _ in range(moves):
            what = self.rng.random()
            key = self.rng.choice(sorted(self.items))
            if what < 0.55:
                self.says(key, self.items[key].kind)
            elif what < 0.65 and len(self.items) > 6:
                del self.items[key]
            elif what < 0.75:
                one = self.rng.choice(sorted(self.items))
                if self.items[one].kind == self.items[key].kind:
                    self.entity[key] = self.entity[one]
            elif what < 0.9:
                field = self.rng.choice(("name", "phone", "website", "municipality_code", "description@fi", "email"))
                value = "091" if field == "municipality_code" else f"korjattu {self.rng.randrange(2)}"
                self.corrected[f"org_o{self.rng.randrange(3)}", field] = value
            elif self.corrected:
                del self.corrected[self.rng.choice(sorted(self.corrected))]

    def connection(self):
        con = storage.connect()
        by_source = {s: [i for (of, _), i in sorted(self.items.items()) if of == s] for s in "ab"}
        landed = [land(items, source=s, snapshot_version="v").tables for s, items in by_source.items()]
        for table in schema.tables(stage="records"):
            con.register(table.name, pa.concat_tables(tables[table.name] for tables in landed))
        rows = con.execute("SELECT record_id, kind FROM record ORDER BY 1").fetchall()
        ids = [self.entity[tuple(r.split(":"))] for r, _ in rows]
        return con, pa.table({"record_id": [r for r, _ in rows], "entity_id": ids, "kind": [k for _, k in rows]})

    def corrections(self, assignment):
        living = set(assignment.column("entity_id").to_pylist())
        rows = [
            {"id": f"{e}{f}", "entity_id": e, "field": f, "value": v, "has_ended": False, **ADDRESS.get(f, {})}
            for (e, f), v in sorted(self.corrected.items())
            if e in living
        ]
        return pa.Table.from_pylist(rows, schema=overriding.WANTED)


def built(world, folder, before, **options):
    """The catalogue and its provenance."""
    con, assignment = world.connection()
    kinds = {"a": "ptv", "b": "csv"}
    told = {}
    options |= {"corrections": world.corrections(assignment), "before": before, "remember": True}
    made = catalogue.build(con, assignment, kinds=kinds, done=told.update, **options)
    left = {**made.tables, **made.memory}
    assert told.keys() == left.keys()
    assert all(told[name] is left[name] for name in left), "what is written early is what is published"
    more = provenance.tables(con, folder / "entities", folder / "ids", schema.empty("bridge"))
    return made, {**made.tables, **made.memory, **more}


def write(folder, made, tables):
    facts = {last_night.KEY: last_night.facts(FRAME, "v", made.corrected)}
    storage.write_tables(folder, tables, facts, sealed=True)
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".parquet"}


def stage_folders(folder):
    empty = {t: schema.empty(t) for t in ("match", "match_reason")}
    relations = pa.table(
        {c: pa.array([], pa.string()) for c in ("record_id_a", "record_id_b", "relation_type", "rule")}
    )
    storage.write_tables(folder / "entities", {**empty, "relations": relations})
    storage.write_tables(folder / "ids", {n: schema.empty(n) for n in ("entity_registry", "entity_record")})


@pytest.mark.slow
@given(
    seed=st.integers(0, 10**9),
    nights=st.lists(st.integers(0, 3), min_size=1, max_size=3),
    region=st.sampled_from([(), KUOPIO]),
    persons=st.booleans(),
)
@limits(max_examples=8)
def test_taking_over_makes_the_same_bytes_as_working_everything_out(
    tmp_path, monkeypatch, seed, nights, region, persons
):
    monkeypatch.setattr(catalogue, "MOSTLY", 1.0)
    stage_folders(tmp_path)
    world = World(seed)
    options = {"municipality_codes": region, "contact_persons": persons}
    made, last = built(world, tmp_path, None, **options)
    write(tmp_path / "kept", made, last)
    for moves in nights:
        world.night(moves)
        kept = last_night.read(tmp_path / "kept", FRAME)
        assert isinstance(kept, LastNight)
        full, every = built(world, tmp_path, None, **options)
        part, taken = built(world, tmp_path, kept, **options)
        assert part.carried is not None
        assert part.outside_region == full.outside_region
        assert part.corrections.equals(full.corrections)
        meant = write(tmp_path / "full", full, every)
        made = write(tmp_path / "kept", part, taken)
        assert [name for name in meant if meant[name] != made[name]] == []
        meant = feed(last, every)
        assert feed(last, taken, touched=part.carried.touched).equals(meant)
        known = kept.tables | {name: last[name] for name in last if name not in kept.tables}
        assert feed(known, taken, touched=part.carried.touched, renewed=part.carried.renewed).equals(meant)
        last = every


def feed(before, now, **known):
    """The change feed between two nights; the tables beside golden rows say nothing."""
    beside = {name: schema.empty(name) for name in BESIDE}
    return compute(beside | before, beside | now, version="v2", previous_version="v1", **known)


class Told(World):
    """A world of named records, each an entity of its own at first."""

    def __init__(self, *items):
        self.items, self.entity, self.corrected = {}, {}, {}
        for item in items:
            self.is_said(item)

    def is_said(self, item):
        self.items["a", item.native_id] = item
        self.entity.setdefault(("a", item.native_id), f"{PREFIX[item.kind]}_{item.native_id}")


def body(native_id, **told):
    return Item(kind="organization", native_id=native_id, names=[Name(f"Seura {native_id} ry")], **told)


def service(native_id, owner, **told):
    return Item(kind="service", native_id=native_id, organization=owner, names=[Name("Kerho")], **told)


def place(native_id, town="Kuopio", **told):
    address = Address(street="Katu 1", city="Kuopio", municipality=town)
    return Item(
        kind="location", native_id=native_id, organization="o", names=[Name("Talo")], addresses=[address], **told
    )


WORDED, READ = Hours(description="Tiistaisin klo 17-19."), Hours("17:00", "19:00", "TU", "WEEKLY", 1)
HELSINKI = [Address(municipality="Helsinki")]


def renumbered(record, entity):
    return lambda world: world.entity.update({("a", record): entity})


@pytest.mark.parametrize(
    ("items", "change", "touched", "region"),
    [
        pytest.param(
            [body("p"), body("c", organization="p"), body("x")],
            renumbered("p", "org_new"), {"org_p", "org_new", "org_c"}, (), id="parent moved",
        ),
        pytest.param(
            [body("o"), place("l"), service("s", "o", locations=["l"])],
            renumbered("l", "loc_new"), {"loc_l", "loc_new"}, (), id="place moved",
        ),
        pytest.param(
            [body("o"), service("s", "o"), service("t", "o")],
            renumbered("o", "org_new"), {"org_o", "org_new", "svc_s", "svc_t"}, (), id="owner moved",
        ),
        pytest.param(
            [body("o"), place("l"), service("s", "o", locations=["l"], hours=[WORDED])],
            lambda world: world.is_said(place("l", hours=[READ])), {"loc_l"}, (), id="times told twice",
        ),
        pytest.param(
            [body("o"), place("l", hours=[READ]), service("s", "o", locations=["l"], hours=[WORDED])],
            lambda world: world.is_said(place("l")), {"loc_l"}, (), id="times told once again",
        ),
        pytest.param(
            [body("o", addresses=HELSINKI), service("s", "o", locations=["l"]), place("l", "Helsinki")],
            lambda world: world.is_said(place("l")), {"org_o", "svc_s", "loc_l"}, KUOPIO, id="came to the region",
        ),
        pytest.param(
            [body("o"), service("s", "o", locations=["l"]), place("l"), body("p", organization="o")],
            lambda world: world.is_said(body("o", addresses=HELSINKI)), {"org_o"}, KUOPIO, id="left the region",
        ),
        pytest.param(
            [body("o", addresses=HELSINKI), body("x")],
            lambda world: world.corrected.update({("org_o", "municipality_code"): "297"}), {"org_o"}, KUOPIO,
            id="a place that a person corrected",
        ),
        pytest.param(
            [body("o", addresses=HELSINKI), body("x")],
            lambda world: world.corrected.update({("org_o", "address"): "Katu 9, Kuopio"}),
            {"org_o"},
            KUOPIO,
            id="an address that a person corrected",
        ),
    ],
)  # fmt: skip
def test_what_hangs_on_something_that_changed_is_worked_out_too(tmp_path, monkeypatch, items, change, touched, region):
    monkeypatch.setattr(catalogue, "MOSTLY", 1.0)
    stage_folders(tmp_path)
    world = Told(*items)
    write(tmp_path / "kept", *built(world, tmp_path, None, municipality_codes=region))
    before = {p.name: p.read_bytes() for p in (tmp_path / "kept").glob("*.parquet")}
    change(world)
    made, tables = built(world, tmp_path, last_night.read(tmp_path / "kept", FRAME), municipality_codes=region)
    assert made.carried.touched == touched
    meant = write(tmp_path / "full", *built(world, tmp_path, None, municipality_codes=region))
    assert write(tmp_path / "part", made, tables) == meant
    assert meant != before


def test_a_correction_that_is_withdrawn_leaves_nothing_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "MOSTLY", 1.0)
    stage_folders(tmp_path)
    world = Told(body("o"), body("x"))
    bare = write(tmp_path / "bare", *built(world, tmp_path, None))
    world.corrected["org_o", "website"] = "https://example.fi"
    corrected = write(tmp_path / "kept", *built(world, tmp_path, last_night.read(tmp_path / "bare", FRAME)))
    assert corrected["assertion.parquet"] != bare["assertion.parquet"]
    world.corrected.clear()
    assert write(tmp_path / "kept", *built(world, tmp_path, last_night.read(tmp_path / "kept", FRAME))) == bare


@pytest.fixture
def kept(tmp_path):
    """A catalogue of a night before, its folder and its world."""
    stage_folders(tmp_path)
    world = World(1)
    made, tables = built(world, tmp_path, None)
    write(tmp_path / "kept", made, tables)
    return world, tmp_path / "kept", tables


def test_a_night_without_news_works_nobody_out_and_one_change_its_own_only(kept, tmp_path):
    world, folder, _ = kept
    quiet, _ = built(world, tmp_path, last_night.read(folder, FRAME))
    assert quiet.carried.touched == frozenset()
    (key,) = [k for k in sorted(world.items) if k == ("a", "s0")]
    world.items[key].phones.append(Phone("040 000 0008"))
    one, _ = built(world, tmp_path, last_night.read(folder, FRAME))
    assert one.carried.touched == {world.entity[key]}


def test_when_most_records_are_touched_all_are_worked_out(kept, tmp_path):
    world, folder, _ = kept
    for item in world.items.values():
        item.phones.append(Phone("040 000 0008"))
    made, _ = built(world, tmp_path, last_night.read(folder, FRAME))
    assert made.carried is None


@pytest.mark.parametrize("which", [*FRAME, "more"])
def test_nothing_is_taken_over_when_code_rules_or_libraries_are_others(kept, which):
    _, folder, _ = kept
    assert isinstance(last_night.read(folder, FRAME), LastNight)
    doubt = last_night.read(folder, FRAME | {which: "2"})
    assert isinstance(doubt, Doubt)
    assert which in doubt.why


@pytest.mark.parametrize("name", ["assertion", last_night.INPUT, last_night.STANDING, last_night.SAID])
def test_nothing_is_taken_over_from_a_catalogue_with_a_file_that_is_missing_or_other(kept, name):
    _, folder, tables = kept
    path = folder / f"{name}.parquet"
    storage.write_table(path, tables[name].slice(0, max(len(tables[name]) - 1, 0)))
    doubted = last_night.read(folder, FRAME)
    assert name in doubted.why or not len(tables[name])
    path.unlink()
    assert name in last_night.read(folder, FRAME).why


def test_nothing_is_taken_over_from_no_catalogue_a_broken_one_or_one_that_does_not_say(tmp_path):
    assert "no catalogue" in last_night.read(tmp_path / "none", FRAME).why
    storage.write_tables(tmp_path / "old", {})
    assert "does not say" in last_night.read(tmp_path / "old", FRAME).why
    facts = {
        "violations": ["organization.id: 1 rows break 'key'"],
        last_night.KEY: last_night.facts(FRAME, "v", frozenset()),
    }
    storage.write_tables(tmp_path / "broken", {}, facts, sealed=True)
    assert "broke its schema" in last_night.read(tmp_path / "broken", FRAME).why


ROWS = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(("f1", "f2")), st.sampled_from("xyz")), unique=True
)


@given(before=ROWS, after=ROWS, entities=st.sets(st.sampled_from("ABCDEF")), width=st.sampled_from([1, 3]))
def test_old_and_new_rows_stand_in_the_order_of_the_key(before, after, entities, width):
    """Also when ids are not equally long, as those of no release are."""

    def table(rows):
        said = [(e * (width if e < "C" else 1), f, "a:1", v) for e, f, v in rows]
        names = ("entity_id", "field", "record_id", "value")
        shaped = [dict(zip(names, row, strict=True)) | {"chosen": True, "rule": "only"} for row in sorted(said)]
        return schema.table_from_rows("assertion", shaped)

    wanted = {e * (width if e < "C" else 1) for e in entities}
    made = [row for row in after if row[0] in entities]
    kept = [row for row in before if row[0] not in entities]
    assert carried.together("assertion", table(before), table(made), wanted).equals(table(kept + made))


@pytest.mark.parametrize("run", [1, 10**9], ids=["run by run", "row by row"])
def test_rows_taken_over_and_rows_made_stand_in_the_order_of_the_key(monkeypatch, run):
    monkeypatch.setattr(storage, "RUN", run)
    said = [{"id": f"{n:032x}", "organization_id": f"org_{n % 7}", "email": "a@example.fi"} for n in range(60)]
    before = schema.table_from_rows("email", said)
    made = schema.table_from_rows("email", [row | {"email": "b@example.fi"} for row in said if row["id"][-1] in "3c"])
    made = made.filter(pc.equal(made.column("organization_id"), "org_3"))
    found = carried.renewed(carried.leaving("email", before, {"org_3"}), made)
    others = [row for row in before.to_pylist() if row["organization_id"] != "org_3"]
    assert found.rows.to_pylist() == sorted([*others, *made.to_pylist()], key=lambda row: row["id"])
    assert found.rows.schema.equals(made.schema, check_metadata=True)
    assert len(found.gone) == 60 - len(others)
    assert found.made is made
    assert 0 < len(made) < len(found.gone)
