"""How each finding of a pair of services came out: one level per finding, in bulk over aligned row numbers.

A value that is missing never counts as different. Names of both languages are compared with one another, so that a
Finnish name meets the Swedish one of a source that gives both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from pipeline.dedupe.coding import Bools, Codes, coded, padded, shared
from pipeline.dedupe.services.rules import VOCABULARY, ServiceRules
from pipeline.dedupe.services.wording import GENERAL, own_words, service_name

Levels = npt.NDArray[np.int8]
CLOSE, ALIKE, EQUAL, PART = 90, 82, 97, 400
"""Likeness of names and of texts in percent; letters of a text that are compared."""
WORKERS = 2


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """The services as columns to compare; names stand twice: the name and the other name."""

    rows: pa.Table
    cores: tuple[npt.NDArray[Any], npt.NDArray[Any]]
    """Distinctive words of each record's name and other name; empty text for none."""
    words: Codes
    """Codes of the words of both names, padded with -1."""
    number: npt.NDArray[Any]
    audience: npt.NDArray[Any]


def service_table(rows: pa.Table, names: pa.Table, rules: ServiceRules) -> ServiceTable:
    """Reads the names of services (`gather.COLUMNS`); `names` are entity, names of the organisations."""
    own = {r["entity"]: own_words(r["names"]) for r in names.to_pylist()}
    nobody: frozenset[str] = frozenset()
    entities = rows.column("entity").to_pylist()
    parsed = [
        [
            service_name(name, own.get(entity, nobody), rules.wording)
            for name, entity in zip(column, entities, strict=True)
        ]
        for column in (rows.column("name").to_pylist(), rows.column("other_name").to_pylist())
    ]
    first, second = (np.array([p.core for p in part], dtype=object) for part in parsed)
    both = [sorted({*a.split(), *b.split()}) for a, b in zip(first, second, strict=True)]
    words, _ = padded(pa.array(both, pa.list_(pa.string())))
    number = np.array([a.number or b.number for a, b in zip(*parsed, strict=True)], dtype=object)
    audience = np.array([a.audience or b.audience for a, b in zip(*parsed, strict=True)], dtype=object)
    return ServiceTable(rows, (first, second), words, number, audience)


def compare_services(table: ServiceTable, a: Codes, b: Codes, rules: ServiceRules) -> dict[str, Levels]:
    """Per finding the level of each pair of rows `a[i], b[i]`."""
    rows = table.rows
    found = {
        "name": _names(table, a, b),
        "number": _told(table.number, a, b),
        "audience": _told(table.audience, a, b),
        "kind": _kinds(rows, a, b, rules),
        "place": _places(rows, a, b),
        "time": _times(rows, a, b),
        "season": _ranges(_days(rows, "valid_from"), _days(rows, "valid_to"), a, b),
        "ages": _ranges(_numbers(rows, "minimum_age"), _numbers(rows, "maximum_age"), a, b),
        "text": _texts(rows, a, b),
        "web": _webs(rows, a, b),
        "theme": _overlap(rows, "themes", a, b),
    }
    return found | {"source": _sources(table, found, a, b)}


def _level(feature: str) -> Mapping[str, int]:
    return {name: i for i, name in enumerate(VOCABULARY[feature])}


def _names(table: ServiceTable, a: Codes, b: Codes) -> Levels:
    """The best of all pairs of names of the two."""
    n = _level("name")
    best = np.full(len(a), n["nameless"], dtype=np.int8)
    for mine in table.cores:
        for theirs in table.cores:
            x, y = mine[a], theirs[b]
            general = _general(mine)[a] | _general(theirs)[b]
            here = np.flatnonzero((x != "") & (y != "") & (~general | (x == y)))
            x, y = x[here], y[here]
            level = np.full(len(here), n["different"], dtype=np.int8)
            for i, (u, v) in enumerate(zip(x, y, strict=True)):
                if common := _common(u, v):
                    level[i] = n[common]
            ratio = process.cpdist(x, y, scorer=fuzz.ratio, workers=WORKERS)
            level[ratio >= CLOSE] = n["close"]
            level[x == y] = n["exact"]
            best[here] = np.maximum(best[here], level)
    language, _ = coded(table.rows.column("language"))
    apart = (language[a] >= 0) & (language[b] >= 0) & (language[a] != language[b])
    best[apart & (best == n["different"])] = n["other_language"]
    return best


def _common(one: str, other: str) -> str | None:
    """Whether all words of one stand in the other, or some; null when none do."""
    a, b = set(one.split()), set(other.split())
    if a.isdisjoint(b):
        return None
    return "contains" if a <= b or b <= a else "partial"


def _general(cores: npt.NDArray[Any]) -> Bools:
    return np.array([core.startswith(GENERAL) for core in cores], dtype=bool)


def _told(values: npt.NDArray[Any], a: Codes, b: Codes) -> Levels:
    """none, one_sided, differ, same."""
    x, y = values[a], values[b]
    has_x, has_y = x != "", y != ""
    return np.where(~has_x & ~has_y, 0, np.where(has_x != has_y, 1, np.where(x == y, 3, 2))).astype(np.int8)


def _kinds(rows: pa.Table, a: Codes, b: Codes, rules: ServiceRules) -> Levels:
    code, values = coded(rows.column("kind"))
    level = np.full((len(values) + 1, len(values) + 1), _level("kind")["compatible"], dtype=np.int8)
    for i, one in enumerate(values):
        for k, other in enumerate(values):
            if one == other:
                level[i, k] = _level("kind")["same"]
            elif frozenset((one, other)) not in rules.compatible:
                level[i, k] = _level("kind")["conflict"]
    return level[code[a], code[b]]


def _places(rows: pa.Table, a: Codes, b: Codes) -> Levels:
    n = _level("place")
    street, _ = padded(rows.column("streets"))
    town, _ = padded(rows.column("towns"))
    level = np.full(len(a), n["missing"], dtype=np.int8)
    towns = (town[a][:, 0] >= 0) & (town[b][:, 0] >= 0)
    common = shared(town[a], town[b]) >= 0
    level[towns] = np.where(common[towns], n["same_town"], n["other_town"])
    streets = (street[a][:, 0] >= 0) & (street[b][:, 0] >= 0)
    level[streets & (level != n["other_town"])] = n["differ"]
    level[shared(street[a], street[b]) >= 0] = n["same"]
    return level


def _times(rows: pa.Table, a: Codes, b: Codes) -> Levels:
    """Weekdays with their beginnings, and dates; a time of day alone tells nothing."""
    n = _level("time")
    slots = rows.column("slots").combine_chunks()
    starts, _ = padded(_mapped(slots, r"^(?P<v>\S+ \d\d:\d\d)"))
    days, _ = padded(_mapped(slots, r"^(?P<v>[A-Z]{2})"))
    dates, _ = padded(rows.column("dates"))
    level = np.full(len(a), n["missing"], dtype=np.int8)
    weekly = (days[a][:, 0] >= 0) & (days[b][:, 0] >= 0)
    timed = (starts[a][:, 0] >= 0) & (starts[b][:, 0] >= 0)
    level[weekly] = n["differ"]
    level[weekly & (shared(days[a], days[b]) >= 0)] = n["same_day"]
    level[timed & (shared(starts[a], starts[b]) >= 0)] = n["same_slot"]
    dated = (dates[a][:, 0] >= 0) & (dates[b][:, 0] >= 0)
    level[dated] = np.where(shared(dates[a], dates[b])[dated] >= 0, n["same_date"], n["other_date"])
    return level


def _mapped(lists: pa.ListArray, pattern: str) -> pa.Array:
    """Part `v` of every value of a list column, empty where the pattern does not fit."""
    values = pc.struct_field(pc.extract_regex(pc.list_flatten(lists), pattern), "v")
    lengths = np.concatenate([[0], np.cumsum(np.asarray(pc.list_value_length(lists)))])
    return pa.ListArray.from_arrays(pa.array(lengths.astype(np.int32)), pc.fill_null(values, ""))


def _days(rows: pa.Table, column: str) -> npt.NDArray[np.float64]:
    return np.asarray(rows.column(column).combine_chunks().cast(pa.int32()).to_numpy(zero_copy_only=False), dtype=float)


def _numbers(rows: pa.Table, column: str) -> npt.NDArray[np.float64]:
    return np.asarray(rows.column(column).combine_chunks().to_numpy(zero_copy_only=False), dtype=float)


def _ranges(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], a: Codes, b: Codes) -> Levels:
    """missing, apart, overlap; an open end reaches as far as it may."""
    told = ~(np.isnan(low) & np.isnan(high))
    bottom, top = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    apart = (top[a] < bottom[b]) | (top[b] < bottom[a])
    return np.where(told[a] & told[b], np.where(apart, 1, 2), 0).astype(np.int8)


def _texts(rows: pa.Table, a: Codes, b: Codes) -> Levels:
    """Descriptions of one language; one that its source uses for services of several names says nothing."""
    n = _level("text")
    text = pc.utf8_slice_codeunits(pc.utf8_lower(pc.fill_null(rows.column("description"), "")), 0, PART)
    values = np.asarray(text.to_numpy(zero_copy_only=False), dtype=object)
    language, _ = coded(rows.column("language"))
    general = _repeated(rows, pa.array(values, pa.string()), "name")
    level = np.full(len(a), n["missing"], dtype=np.int8)
    unlike = (language[a] >= 0) & (language[b] >= 0) & (language[a] != language[b])
    here = np.flatnonzero((values[a] != "") & (values[b] != "") & ~unlike)
    ratio = process.cpdist(values[a][here], values[b][here], scorer=fuzz.token_set_ratio, workers=WORKERS)
    level[here] = np.where(ratio >= EQUAL, n["same"], np.where(ratio >= ALIKE, n["alike"], n["unlike"]))
    level[(level >= n["alike"]) & (general[a] | general[b])] = n["shared"]
    return level


def _webs(rows: pa.Table, a: Codes, b: Codes) -> Levels:
    """A page counts when it is a page (has a path) and no other service of its source has it."""
    url = rows.column("url").combine_chunks()
    page = pc.and_(pc.is_valid(url), pc.fill_null(pc.match_substring(url, "/"), False))
    own = pc.if_else(page, url, pa.scalar(None, pa.string()))
    code, _ = coded(own)
    code = np.where(_repeated(rows, own, "record_id"), -1, code)
    x, y = code[a], code[b]
    return np.where((x < 0) | (y < 0), 0, np.where(x == y, 2, 1)).astype(np.int8)


def _repeated(rows: pa.Table, value: pa.Array, by: str) -> Bools:
    """Rows whose value stands, in their entity and source, with more than one distinct `by`."""
    table = pa.table({"e": rows.column("entity"), "s": rows.column("source"), "v": value, "by": rows.column(by)})
    counts = table.group_by(["e", "s", "v"]).aggregate([("by", "count_distinct")])
    many = counts.filter(pc.greater(counts.column("by_count_distinct"), 1))
    key = [pc.binary_join_element_wise(*(pc.fill_null(t.column(c), "") for c in "esv"), "\x1f") for t in (table, many)]
    return np.asarray(pc.is_in(key[0], value_set=key[1].combine_chunks()))


def _overlap(rows: pa.Table, column: str, a: Codes, b: Codes) -> Levels:
    values, _ = padded(rows.column(column))
    x, y = values[a], values[b]
    told = (x[:, 0] >= 0) & (y[:, 0] >= 0)
    return np.where(told, np.where(shared(x, y) >= 0, 2, 1), 0).astype(np.int8)


def _sources(table: ServiceTable, found: Mapping[str, Levels], a: Codes, b: Codes) -> Levels:
    """One source twice is a twin only where nothing that is told differs."""
    n = _level("source")
    source, _ = coded(table.rows.column("source"))
    equal = np.ones(len(a), dtype=bool)
    wanted: dict[str, tuple[str, ...]] = {
        "name": ("exact",), "number": ("none", "same"), "audience": ("none", "same"), "kind": ("same", "compatible"),
        "place": ("same", "missing"), "time": ("same_slot", "same_date", "missing"), "season": ("overlap", "missing"),
        "ages": ("overlap", "missing"), "text": ("same", "shared", "missing"),
    }  # fmt: skip
    for feature, levels in wanted.items():
        equal &= np.isin(found[feature], [_level(feature)[level] for level in levels])
    one = source[a] == source[b]
    return np.where(one, np.where(equal, n["twin"], n["same"]), n["other"]).astype(np.int8)
