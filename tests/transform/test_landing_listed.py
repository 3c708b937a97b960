"""Rows of a list that are landed together give the same record tables as the same rows one by one."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.privacy.suppression import Suppressions
from pipeline.sources.csv.parse import parse, read_all
from pipeline.sources.items import Item, Listed, Name, Phone
from pipeline.sources.snapshots import Capture
from pipeline.transform.landing import land

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CELLS = {
    "Tunnus": ["A", "A#1", "B", "@0@"],
    "Yhdistys": [
        "Kuopion Latu ry", "Leppävirran Martat", "Kuopion Tarmo ry ja Puijon Latu ry", "Kyläyhdistys  100 %s ry",
        "KyrÃ¶n Pallo", "O'Brienin tuki ry", '"Sisu" ry', "Föreningen Ö rf", "Sisu\u00ad ry", "...", "Sa�to ry", "@1@",
        "Soihtu Säätiö", "Töysän Metsästäjät", "A\u0308hta\u0308rin Sisu",
    ],
    "Kunta": ["Kuopio", "297", "NILSIÄ", "Atlantis", "-", "@2@"],
    "Osoite": ["Asemakatu 44", "-", "Asemakatu 44, 70110 Kuopio", "PL 1"],
    "Postinumero": ["70110", "100", "FI-70110", "99999", "70110.0"],
    "Postitoimipaikka": ["KUOPIO", "Helsinki 10", "70110 Kuopio", "Nowhere"],
    "Puhelin": ["044 000 0001", "+358440000001", "044 000 0001 (arkisin)", "044 000 0001, 044 000 0002", "1234567"],
    "Sähköposti": ["latu@example.fi", "LATU(at)example.fi", "a@example.fi b@example.fi", "nobody@", "ei ole"],
    "Kotisivut": ["www.example.fi", "https://example.fi/", "not an address", "?"],
    "Y-tunnus": ["1234567-1", "FI12345671", "1234567-2", "-"],
    "Rekisterinumero": ["201.199", "201199", "none at all"],
    "Kuvaus": ["Hiihtoa, puh. 044 000 0003."],
    "Yhteyshenkilö": ["Maija Malli", "Maija Malli, 044 000 0004"],
    "Puh. 2": ["044 000 0005"],
    "Muuta": ["vain tiistaisin"],
}  # fmt: skip


def capture(header, lines):
    text = "\n".join("\t".join(line) for line in [header, *lines])
    return Capture("file:inbox/lista.csv", text.encode(), "text/csv", NOW)


def landed(parsed, rules=None):
    return land(parsed, source="lista", snapshot_version="20261101T000000Z", rules=rules)


def assert_same(together, single):
    for name, table in single.tables.items():
        assert together.tables[name].equals(table), name
    assert (together.read, together.repeated) == (single.read, single.repeated)


@st.composite
def lists(draw):
    others = draw(st.lists(st.sampled_from([name for name in CELLS if name != "Yhdistys"]), unique=True, max_size=9))
    header = ["Yhdistys", *others]
    cell = [st.sampled_from(["", *CELLS[name]]) for name in header]
    filled = ("Kuopion Latu ry", *["" for _ in others])  # a list without a row is none
    return header, [filled, *draw(st.lists(st.tuples(*cell), max_size=25))]


@settings(deadline=None, max_examples=80)
@given(lists(), st.sampled_from([{}, {"municipality": "Kuopio", "organization_type": "association"}]))
@example((["Yhdistys", "Tunnus"], [("Kuopion Latu ry", "A#1"), ("Kuopion Tarmo ry ja Puijon Latu ry", "A")]), {})
@example((["Yhdistys", "Y-tunnus", "Rekisterinumero"], [("Kuopion Latu ry", "FI12345671", "201.199")]), {})
def test_rows_together_give_the_tables_of_rows_one_by_one(made, options):
    given_capture = capture(*made)
    options = {**options, "delimiter": "tab", "header_row": 1, "columns": {"name": "Yhdistys"}}
    if "Tunnus" in made[0]:
        options["id_column"] = "Tunnus"
    together, single = read_all([given_capture], options, few=0), read_all([given_capture], options)
    assert_same(landed(together), landed(single))


def plain_list(count):
    line = ("Kuopio", "Asemakatu 44", "70110", "Kuopio", "044 000 0001", "latu@example.fi", "www.example.fi")
    header = ("Yhdistys", "Kunta", "Osoite", "Postinumero", "Postitoimipaikka", "Puhelin", "Sähköposti", "Kotisivut")
    return capture(header, [(f"Kuopion Latu {number} ry", *line) for number in range(count)])


def test_a_long_list_is_handed_on_together_and_a_short_one_row_by_row():
    (together,) = parse([plain_list(300)], None, {})
    assert isinstance(together, Listed)
    assert len(together.rows) == len(together.native_ids) == 300
    assert all(isinstance(one, Item) for one in parse([plain_list(20)], None, {}))


def test_plain_rows_are_never_made_into_items():
    (listed,) = parse([plain_list(300)], None, {})
    listed.rows[7] = [None if cell == "Kuopio" else cell for cell in ["Kuopion  Latu ry", *listed.rows[7][1:]]]
    made = []

    def item(native_id, cells):
        made.append(native_id)
        return listed.item(native_id, cells)

    result = landed([Listed(listed.native_ids, listed.rows, item, listed.raw)])
    assert result.organizations == result.read == 300
    assert made[1:] == [listed.native_ids[7]]  # the first is the row of marks


def test_a_suppressed_row_of_a_list_is_left_out():
    (listed,) = parse([plain_list(300)], None, {})
    rules = Suppressions(records=frozenset([f"lista:{listed.native_ids[3]}"]))
    result = landed([listed], rules)
    assert result.organizations == 299


@pytest.mark.parametrize("phone", ["044 000 0001", "puh. 044 000 0001, 044 000 0002"])
def test_a_row_whose_id_stood_before_is_a_repeated_one(phone):
    def item(native_id, cells):
        return Item("organization", native_id, fetched_at=NOW, names=[Name(cells[0])], phones=[Phone(cells[1])])

    before = item("1", ["Kuopion Latu ry", "044 000 0009"])
    listed = Listed(["1", "2"], [["Kuopion Latu ry", phone]] * 2, item, [None, None])
    assert_same(landed([before, listed]), landed([before, *listed.items()]))


def test_what_was_sent_about_a_row_is_told_from_what_was_read_of_it():
    """A cell that no field reads changes the digest of what was sent, and not that of the content."""
    before, after = (
        landed(parse([capture(("Yhdistys", "Väri"), [(f"Kuopion Latu {n} ry", colour) for n in range(300)])], None, {}))
        for colour in ("sininen", "punainen")
    )
    old, new = before.tables["record"], after.tables["record"]
    assert old.column("content_hash").equals(new.column("content_hash"))
    assert old.column("raw_hash").null_count == 0
    assert not set(old.column("raw_hash").to_pylist()) & set(new.column("raw_hash").to_pylist())
