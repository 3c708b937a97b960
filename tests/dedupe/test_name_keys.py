"""The keys that names give, told one record at a time."""

from collections import Counter, defaultdict

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.features import features
from pipeline.dedupe.name_keys import LEAST, RARE, RAREST, name_keys
from pipeline.dedupe.written import called_in

WORDS = ("kuopion", "sotkamon", "metsastys", "erä", "veikot", "kalastajat", "mll", "nuoret", "kirjoittajat", "kipina")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
TOWNS = st.sampled_from(["297", "765", None])
RECORDS = st.lists(st.tuples(NAMES, TOWNS, st.lists(NAMES, max_size=2)), min_size=1, max_size=14)


def told(table: pa.Table) -> dict[str, set[frozenset[int]]]:
    """Kind -> the groups of records that have one value."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for values in name_keys(table, called_in(table)):
        for rid, code in zip(values.rid.tolist(), values.code.tolist(), strict=True):
            if code >= 0:
                found[values.kind, code].add(rid)
    return _by_kind(found)


def _by_kind(found: dict[tuple[str, object], set[int]]) -> dict[str, set[frozenset[int]]]:
    groups = defaultdict(list)
    for (kind, _), of in found.items():
        groups[kind].append(frozenset(of))
    return {kind: set(of) for kind, of in groups.items()}


def wanted(table: pa.Table) -> dict[str, set[frozenset[int]]]:
    """The rules, one record and one value at a time."""
    rows = table.to_pylist()
    words = [{w for core in row["stems"] for w in core.split(" ") if w} for row in rows]
    in_country = Counter(w for of in words for w in of)
    in_place = Counter((w, row["place"]) for of, row in zip(words, rows, strict=True) for w in of)
    found: dict[tuple[str, object], set[int]] = defaultdict(set)
    for rid, row in enumerate(rows):

        def say(kind: str, *value: str | None, rid: int = rid) -> None:
            if None not in value:
                found[kind, value].add(rid)

        place = row["place"]
        for at in {*(row["place_keys"] or ()), *(row["places"] or ())} or {row["municipality_code"] or row["level"]}:
            say("umbrella_place", row["umbrella"], at)
        if row["level"] == "national":
            say("umbrella_national", row["umbrella"])
        for name in row["asciis"]:
            say("name", name.replace(" ", "").replace("-", "") or None)
        for core in row["stems"]:
            say("core", core or None)
        say("concept", row["concept"], place)
        ranked = sorted(words[rid], key=lambda w: (in_place[w, place], in_country[w], w))
        for word in ranked[:RAREST]:
            say("token_place", word, place)
        for word in ranked:
            if in_country[word] <= RARE:
                say("rare_token", word)
        for word in ranked[:1]:
            say("stem", word[:4] if len(word) > 4 else None, place)
            say("ends", word[:2] + word[-3:] if len(word) > 6 else None, place)
            say("start", word[:6] if len(word) > 5 and in_country[word] <= RARE else None)
        said = row["abbreviation"] or ""
        bare = said[:1] + "".join(c for c in said[1:] if c not in "AEIOUY")
        for short in {*row["shorts"], said, bare}:
            if short is not None and len(short) >= LEAST:
                say("short_place", short, place)
                say("short", short)
    return _by_kind(found)


@settings(max_examples=120, deadline=None)
@given(RECORDS)
def test_a_record_has_the_keys_of_its_names(records: list[tuple[str, str | None, list[str]]]) -> None:
    table = features(
        pa.table(
            {
                "record_id": [f"{i:03d}" for i in range(len(records))],
                "name": [name for name, _, _ in records],
                "other_names": pa.array([others for _, _, others in records], pa.list_(pa.string())),
                "municipality_code": pa.array([town for _, town, _ in records], pa.string()),
            }
        )
    )
    assert told(table) == wanted(table)


def test_a_word_that_many_carry_is_a_key_only_in_its_place() -> None:
    def keys(rows: int) -> dict[str, set[frozenset[int]]]:
        return told(features(pa.table({"record_id": [f"{i:03d}" for i in range(rows)], "name": ["Qwoltti"] * rows})))

    assert {"rare_token", "start"} <= keys(RARE).keys()
    assert {"rare_token", "start"}.isdisjoint(keys(RARE + 1))
