"""What one record offers to compare: its parsed names and the folded keys of blocking and comparison.

Input values are already normalised by `transform`; this module only reads names and fills what is missing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.aliases import with_aliases
from pipeline.dedupe.bare_names import say_family, say_town
from pipeline.dedupe.concepts import concepts
from pipeline.dedupe.corpus import understood
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.localities import settled
from pipeline.dedupe.named_together import may_name_several, only_of_one, with_several
from pipeline.transform import names
from pipeline.transform.names.bilingual import SIGNS
from pipeline.transform.names.place_words import region_of
from pipeline.transform.names.table import SCALARS, Reading, parsed_columns
from pipeline.transform.names.word_lists import first_of, joined
from pipeline.transform.names.word_lists import flat as in_one

_TEXT, _MANY = pa.string(), pa.list_(pa.string())

INPUT = {
    "record_id": _TEXT,
    "source": _TEXT,
    "name": _TEXT,
    "other_names": _MANY,
    "legal_form": _TEXT,
    "business_id": _TEXT,
    "association_number": _TEXT,
    "phones": _MANY,
    "emails": _MANY,
    "hosts": _MANY,
    "street_address": _TEXT,
    "postal_code": _TEXT,
    "municipality_code": _TEXT,
    "latitude": pa.float64(),
    "longitude": pa.float64(),
    "parent_record_id": _TEXT,
}
"""Columns of the input; all but `record_id` and `name` may be missing, null or empty. Phones are E.164, hosts are
the body's own or a page of it (`contacts.sites`; a bare platform is removed before), municipalities are of today."""


TwoNames = dict[str, tuple[str, str]]
"""Cells -> the two names of one body that each holds."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of records, each read by itself."""

    name: np.ndarray
    """For every name of every record its row in `parsed`."""
    row: np.ndarray
    """Rising: its record."""
    parsed: pa.Table
    """The distinct names, see `names.table`."""
    texts: pa.Array
    """The distinct names as written."""


def normal_form(records: pa.Table) -> pa.Table:
    """The input with every column of `INPUT` in its type, sorted by `record_id`.

    Raises `ValueError` when a record id is missing or stands twice: nothing could be told apart then.
    """
    columns = {
        name: in_one(records.column(name).cast(kind)) if name in records.column_names else pa.nulls(len(records), kind)
        for name, kind in INPUT.items()
    }
    if not _rises(columns["record_id"]):
        order = pc.sort_indices(columns["record_id"])
        columns = {name: column.take(order) for name, column in columns.items()}
        if not _rises(columns["record_id"]):
            raise ValueError("record_id must be filled and unique; give each record an id of its own.")
    return pa.table(columns, schema=pa.schema(INPUT.items()))


def _rises(ids: pa.Array) -> bool:
    """Whether every record has an id, and each comes after the one before."""
    rising = pc.less(ids.slice(0, max(len(ids) - 1, 0)), ids.slice(1))
    return not ids.null_count and bool(pc.all(rising, min_count=0).as_py())


def features(records: pa.Table, parsing: Reading = parsed_columns) -> pa.Table:
    """One row per record, sorted by `record_id`, with the parsed parts of its names.

    `umbrella, level, section, head, abbreviation` come from the first name that tells them; `places` (today's codes)
    and `place_keys` (former municipalities kept apart) from the first name with a place; `cores`, `asciis`, `shorts`
    hold one entry per name, and `names` the row of each among the parsed names. `identity` names what the record claims
    to be: umbrella, place and core.
    """
    table = normal_form(records)
    return features_of(table, names_of(table, parsing)).append_column("street_key", street_key(table))


def features_of(table: pa.Table, read: Names, engine: Engine = ONE_MACHINE) -> pa.Table:
    """As `features`, of records in their normal form and their names as they were read; without `street_key`."""
    n = len(table)
    parsed, may_be_several = engine.both(lambda: understood(read.parsed), lambda: may_name_several(read.texts))
    parsed = with_several(parsed, read.texts, may_be_several)
    flat, owner = only_of_one(parsed, read.name, read.row)
    offsets = pa.array(np.searchsorted(owner, np.arange(n + 1)).astype(np.int32))
    parsed, built = engine.both(
        lambda: with_aliases(settled(parsed, flat, owner, table), flat, owner, table),
        lambda: _as_read(parsed, flat, owner, offsets, table),
    )
    built["umbrella"] = _first(parsed.column("umbrella"), flat, owner, n)
    core = joined(in_one(parsed.column("core")))
    built["core"] = core.take(pa.array(flat[np.asarray(offsets)[:-1]]))
    for name, values in {"cores": core, "stems": parsed.column("stems")}.items():
        built[name] = _lists(values, flat, offsets)
    with_place = _first_index(np.asarray(pc.list_value_length(parsed.column("places"))) > 0, flat, owner, n)
    for name in ("places", "place_keys"):
        built[name] = in_one(parsed.column(name)).take(with_place)
    town = in_one(table.column("municipality_code"))
    by_word = say_family(built, town)
    (built["concept"], swedish), _ = engine.both(
        lambda: concepts(built["core"]), lambda: _settle_places(built, town, by_word)
    )
    built["is_swedish"] = pa.array(swedish)
    kept = [c for c in INPUT if c not in ("legal_form", "other_names", "street_address")]
    return pa.table({**{c: table.column(c) for c in kept}, **built}).combine_chunks()


def names_of(table: pa.Table, parsing: Reading, two: TwoNames | None = None) -> Names:
    """The names of records in their normal form, read each by itself; the record's own name comes first. `two` are
    the cells of two names, where they were looked for before."""
    n = len(table)
    others = in_one(table.column("other_names"))
    rows = np.concatenate([np.arange(n), np.asarray(pc.list_parent_indices(others), dtype=np.int64)])
    values = pa.concat_arrays([in_one(table.column("name")), in_one(pc.list_flatten(others))])
    rows, values = _split(rows, values, two_names(table) if two is None else two)
    encoded = values.dictionary_encode(null_encoding="encode")
    texts, place = _by_size(encoded.dictionary)
    parsed = parsing(texts.to_pylist())
    order = np.argsort(rows, kind="stable")
    return Names(place[np.asarray(encoded.indices)[order]], rows[order], parsed, texts)


def two_names(records: pa.Table) -> TwoNames:
    """The cells of records, in any order and form, that hold two names of one body, with these; only distinct cells
    with a sign are looked at."""
    signed: set[str] = set()
    for column in ("name", "other_names"):
        if column in records.column_names:
            texts = in_one(records.column(column).cast(INPUT[column]))
            texts = pc.list_flatten(texts) if column == "other_names" else texts
            is_signed = pc.fill_null(pc.match_substring_regex(texts, SIGNS), False)
            signed.update(pc.unique(texts.filter(is_signed)).to_pylist())
    return {cell: (found[0], found[1]) for cell in signed if len(found := names.parallel(cell)) > 1}


def _by_size(texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """(the names by their number of words, the new place of each): names that are read alike are as long, so that
    whoever reads a part of them meets more that are alike."""
    order = np.argsort(np.asarray(pc.count_substring(texts, " ").fill_null(0)), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return texts.take(pa.array(order)), place


def _as_read(
    parsed: pa.Table, flat: np.ndarray, owner: np.ndarray, offsets: pa.Array, table: pa.Table
) -> dict[str, Any]:
    """What names say whatever the other records say, and where the address is."""
    n = len(table)
    built: dict[str, Any] = {
        name: _first(parsed.column(name), flat, owner, n) for name in SCALARS if name != "umbrella"
    }
    built["names"] = pa.ListArray.from_arrays(offsets, pa.array(flat.astype(np.int32)))
    for name, column in (("asciis", "ascii"), ("shorts", "short")):
        built[name] = _lists(parsed.column(column), flat, offsets)
    built["legal_form"] = pc.coalesce(built["legal_form"], in_one(table.column("legal_form")))
    built["region"] = _regions(table.column("municipality_code"))
    return built


def _lists(values: pa.ChunkedArray, flat: np.ndarray, offsets: pa.Array) -> pa.Array:
    """Per record what each of its names says."""
    return pa.ListArray.from_arrays(offsets, in_one(values).take(pa.array(flat)))


def _split(rows: np.ndarray, values: pa.Array, two: TwoNames) -> tuple[np.ndarray, pa.Array]:
    """A cell with two names of one body becomes two names."""
    if not two:
        return rows, values
    found = pc.index_in(values, value_set=pa.array(list(two), _TEXT))
    first = pa.array([p[0] for p in two.values()], _TEXT).take(found)
    hit = np.asarray(pc.is_valid(found))
    second = pa.array([p[1] for p in two.values()], _TEXT).take(found.filter(pa.array(hit)))
    return np.concatenate([rows, rows[hit]]), pa.concat_arrays([pc.coalesce(first, values), second])


def _first_index(told: np.ndarray, flat: np.ndarray, owner: np.ndarray, n: int) -> pa.Array:
    """For each record the index of its first name that tells something; null when none does."""
    has = np.flatnonzero(told[flat]) if len(flat) else flat
    rows = owner[has]
    is_first = np.append(True, rows[1:] != rows[:-1])[: len(rows)]
    index = np.full(n, -1, dtype=np.int64)
    index[rows[is_first]] = flat[has[is_first]]
    return pa.array(index, mask=index < 0)


def _first(values: pa.ChunkedArray, flat: np.ndarray, owner: np.ndarray, n: int) -> pa.Array:
    return in_one(values).take(_first_index(np.asarray(values.is_valid()), flat, owner, n))


def _settle_places(built: dict[str, Any], town: pa.Array, by_word: pa.Array) -> None:
    """The place of each record, and what it claims to be."""
    say_town(built, town, by_word)
    built["place"] = pc.coalesce(first_of(built["place_keys"]), town)  # that of its name, else of its address
    built["identity"] = pc.binary_join_element_wise(
        *(pc.fill_null(c, "") for c in (built["umbrella"], built["place"], built["core"])), "|"
    )


def street_key(table: pa.Table) -> pa.Array:
    """Street with number, folded, and postal code; null without a number: a street name alone places nobody."""
    street = pc.utf8_lower(table.column("street_address"))
    street = pc.replace_substring_regex(street, pattern=r"[\s.,]+", replacement=" ")
    street = pc.extract_regex(street, r"^(?P<s>\D+?\d+)")
    key = pc.struct_field(in_one(street), "s")
    return pc.binary_join_element_wise(key, in_one(table.column("postal_code")), "|")


def _regions(municipality: pa.ChunkedArray) -> pa.Array:
    known = region_of()
    found = pc.index_in(municipality, value_set=pa.array(list(known), _TEXT))
    return pa.array(list(known.values()), _TEXT).take(in_one(found))
