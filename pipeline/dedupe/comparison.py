"""How each feature of a candidate pair came out: one level per feature, never a number.

Levels, not scores, because a person can read and correct their weights (`data/weights/default.yml`), and because
"missing" must not count as "different". Names are in `name_similarity`.

Every feature is a function of aligned row numbers that holds its coded columns; pairs pass through in chunks, so
that memory is bounded by the chunk and the one byte per pair and feature that stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, Padded, carriers, coded, codes_of, padded, shared
from pipeline.dedupe.engine import ONE_MACHINE, Engine, Levels, Work
from pipeline.dedupe.identifiers import RegisterNumbers, register_numbers, weak_ids
from pipeline.dedupe.letters import LETTERS, bare_pairs, letters, names_the_body, of_many_bodies
from pipeline.dedupe.memory import Memory, known_pairs
from pipeline.dedupe.name_similarity import name_levels
from pipeline.dedupe.name_table import NameTable, name_signatures, name_table
from pipeline.dedupe.name_vocabulary import FULL, LEVELS, L
from pipeline.dedupe.named_together import is_of_the_first, names_several
from pipeline.dedupe.place_levels import PLACE, P, place_levels
from pipeline.dedupe.shared_values import SEVERAL
from pipeline.dedupe.written import Called, called_in

Comparer = Callable[[Codes, Codes], Levels]

NEAR = (P["same"], P["supported"], P["same_municipality"])
SHAREABLE = ("missing", "differ", "agree_shared", "agree_few", "agree_rare")
IDENTIFIER = ("missing", "differ", "agree_weak", "agree_alone", "agree")
FEW, RARE = 8, 3
"""A phone, e-mail or host of at most `RARE` identities is the body's own; of at most `FEW`, perhaps an office's."""

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "name": LEVELS,
    "full_name": FULL,
    "letters": LETTERS,
    "legal_form": ("missing", "differ", "same", "one_marked"),
    "umbrella": ("none", "one_missing", "differ", "same"),
    "level": ("missing", "conflict", "same"),
    "section": ("none", "section_and_body", "differ", "same"),
    "dependent": ("none", "one_sided", "differ", "same"),
    "head": ("missing", "differ", "same"),
    "place": PLACE,
    "business_id": IDENTIFIER,
    "association_number": IDENTIFIER,
    "phone": SHAREABLE,
    "email": SHAREABLE,
    "host": SHAREABLE,
    "street": ("missing", "differ", "agree_shared", "agree_rare"),
}
"""Feature -> its levels, in the order of the codes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The compared pairs: rows `a[i] < b[i]` of the features, and per feature the level of each pair."""

    a: Codes
    b: Codes
    levels: dict[str, Levels]
    weak: dict[str, npt.NDArray[np.bool_]]
    """Identifier column -> per record, whether its value is carried by bodies that cannot be one."""
    by_number: npt.NDArray[np.bool_] | None = None
    """Pairs that nothing but a register number brought together; null where that is not known."""


@dataclass(frozen=True, slots=True)
class Comparable:
    """The records as comparisons look at them; it can be made before there are pairs."""

    features: pa.Table
    names: NameTable
    numbers: dict[str, RegisterNumbers]
    others: dict[str, Comparer]
    """All features but names and register numbers."""


def comparable(
    features: pa.Table, called: Called | None = None, contacts: Mapping[str, Padded] | None = None
) -> Comparable:
    """The records, ready to be compared; `called` are their names and `contacts` their values (see `shared_values`),
    where they were looked up before."""
    contacts = contacts or {column: padded(features.column(column)) for column in SEVERAL}
    names = name_table(features, called or called_in(features))
    return Comparable(features, names, register_numbers(features), _comparers(features, contacts))


def compare(
    records: pa.Table | Comparable, pairs: pa.Table, memory: Memory | None = None, engine: Engine = ONE_MACHINE
) -> Comparison:
    """Compares the candidate pairs of records (their features, or what was made of them before); names that a memory
    knows are not compared again, and it remembers these."""
    ready = comparable(records) if isinstance(records, pa.Table) else records
    features, table = ready.features, ready.names
    a = np.asarray(pairs.column("a"), dtype=np.int32)
    b = np.asarray(pairs.column("b"), dtype=np.int32)
    levels = {name: np.zeros(len(a), dtype=np.int8) for name in VOCABULARY}
    todo = np.arange(len(a)) if memory is None else _recalled(memory, features, table, a, b, levels)
    for name, found in engine.spread(_names(table), a[todo], b[todo]).items():
        levels[name][todo] = found
    if memory is not None:  # as the two names alone say; what the other records say is found anew each night
        memory.levels = {name: levels[name].copy() for name in ("name", "full_name")}
    weak = {}
    comparers = dict(ready.others)
    for name, numbers in ready.numbers.items():
        weak[name] = weak_ids(numbers, a, b, levels["name"])
        comparers[name] = _identifier(numbers.code, weak[name])
    levels |= engine.spread(_all(comparers), a, b)
    for name in ready.numbers:
        alone = (levels[name] == IDENTIFIER.index("agree")) & _nothing_else(levels)
        levels[name][alone] = IDENTIFIER.index("agree_alone")
    bare = bare_pairs(table, a, b, levels["name"])
    vague = of_many_bodies(table, a, b, levels["name"], codes_of(features.column("place")))
    levels["name"][vague[~np.isin(levels["place"][vague], NEAR)]] = L["abbreviation"]
    reached = _reached_alike(levels)
    levels["letters"] = letters(table, a, b, bare, _akin(levels, reached))
    several = names_several(features)
    beside = np.flatnonzero(levels["dependent"] == VOCABULARY["dependent"].index("one_sided"))
    is_cell = several[a[beside]] | several[b[beside]]
    cells, beside = beside[is_cell & reached[beside]], beside[~is_cell]
    one_is = several[a[cells]]
    x, y = np.where(one_is, a[cells], b[cells]), np.where(one_is, b[cells], a[cells])
    levels["dependent"][cells[is_of_the_first(features, x, y)]] = 0
    one_name = levels["full_name"][beside] == FULL.index("same")  # "Musiikinystävät" and "musiikin ystävät"
    levels["dependent"][beside[one_name]] = 0
    beside = beside[bare[beside] & ~one_name]
    levels["dependent"][beside[~names_the_body(table, a[beside], b[beside])]] = 0
    by_number = np.asarray(pairs.column("by_number")) if "by_number" in pairs.column_names else None
    return Comparison(a, b, levels, weak, by_number)


def _recalled(
    memory: Memory, features: pa.Table, table: NameTable, a: Codes, b: Codes, levels: dict[str, Levels]
) -> npt.NDArray[np.int64]:
    """Fills in the names that compare as last time; the pairs that are left to compare."""
    ids = features.column("record_id").combine_chunks()
    signatures = name_signatures(features, table)
    known = known_pairs(memory, ids, signatures, a, b)
    hit = np.flatnonzero(known >= 0)
    for name in ("name", "full_name") if len(hit) else ():
        levels[name][hit] = memory.levels[name][known[hit]]
    memory.reused["pairs"] = len(hit)
    memory.next_signatures = signatures
    return np.flatnonzero(known < 0)


def _names(table: NameTable) -> Work:
    def work(a: Codes, b: Codes) -> dict[str, Levels]:
        name, full = name_levels(table, a, b)
        return {"name": name, "full_name": full}

    return work


def _all(comparers: Mapping[str, Comparer]) -> Work:
    def work(a: Codes, b: Codes) -> dict[str, Levels]:
        return {name: comparer(a, b) for name, comparer in comparers.items()}

    return work


def _nothing_else(levels: Mapping[str, Levels]) -> npt.NDArray[np.bool_]:
    """Pairs of unlike names that share no way to reach them and no address: a number that agrees may be mistyped."""
    found = np.isin(levels["name"], (L["different"], L["other_number"]))
    for name in ("phone", "email", "host"):
        found &= levels[name] < SHAREABLE.index("agree_few")
    return found & (levels["street"] != VOCABULARY["street"].index("agree_rare"))


def _akin(levels: Mapping[str, Levels], reached: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Pairs that are roughly one body: a name shared in its place, or a rare value."""
    akin = (levels["name"] >= L["typo"]) & np.isin(levels["place"], NEAR)
    return np.asarray(akin | reached)


def _reached_alike(levels: Mapping[str, Levels]) -> npt.NDArray[np.bool_]:
    """Pairs that share a rare value."""
    found = levels["business_id"] == IDENTIFIER.index("agree")
    for name in ("phone", "email", "host"):
        found |= levels[name] == SHAREABLE.index("agree_rare")
    return found


def _comparers(features: pa.Table, contacts: Mapping[str, Padded]) -> dict[str, Comparer]:
    """All features but names and register numbers."""
    identity = codes_of(features.column("identity"))
    return {
        "legal_form": _legal_form(features),
        "umbrella": _one_sided(features, "umbrella"),
        "level": _told(features, "level", ignored=("section",)),
        "section": _one_sided(features, "section"),
        "dependent": _one_sided(features, "dependent"),
        "head": _told(features, "head", ignored=("keskusliitto", "keskusjärjestö")),  # these stand in the core
        "place": place_levels(features),
        **{kind: _shareable(*contacts[column], identity) for column, kind in SEVERAL.items()},
        "street": _street(features, identity),
    }


def _told(features: pa.Table, column: str, ignored: tuple[str, ...] = ()) -> Comparer:
    """missing, differ, same."""
    code, values = coded(features.column(column))
    code = np.where(np.isin(code, [i for i, v in enumerate(values) if v in ignored]), -1, code)

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, 2, 1)).astype(np.int8)

    return levels


NO_FORM = ("unregistered", "julkyht", "srk")
"""Forms that settle nothing: what a source believes, a body of its own law, and a parish, which may be a registered
association (a free church) or none."""


def _legal_form(features: pa.Table) -> Comparer:
    """ "Unregistered" is what a source believes, and a body of its own law is an association to most: no conflict.

    A name without a form is mostly an association's; a foundation, co-operative or company says so. One whose noun
    is "yhdistys" says that it is none of these.
    """
    told = _told(features, "legal_form", ignored=NO_FORM)
    code, values = coded(features.column("legal_form"))
    marked = np.array([v in ("sr", "osk", "oy") for v in values] + [False])[code]
    noun, nouns = coded(features.column("head"))
    is_association = np.array([n == "yhdistys" for n in nouns] + [False])[noun] & ~marked
    differ, one_marked = (VOCABULARY["legal_form"].index(word) for word in ("differ", "one_marked"))

    def levels(a: Codes, b: Codes) -> Levels:
        level = told(a, b)
        one = (level == 0) & (marked[a] != marked[b])
        level[one] = np.where(is_association[a[one]] | is_association[b[one]], differ, one_marked)
        return level

    return levels


def _one_sided(features: pa.Table, column: str) -> Comparer:
    """Neither has it, only one has it, they differ, they are the same."""
    code = codes_of(features.column(column))

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        return np.where((x < 0) & (y < 0), 0, np.where((x < 0) | (y < 0), 1, np.where(x == y, 3, 2))).astype(np.int8)

    return levels


def _identifier(code: Codes, weak: npt.NDArray[np.bool_]) -> Comparer:
    """A weak number (an umbrella's, copied) neither proves nor disproves much, whichever record carries it."""

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        either_weak = weak[a] | weak[b]
        unequal, equal = np.where(either_weak, 0, 1), np.where(either_weak, 2, 4)
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, equal, unequal)).astype(np.int8)

    return levels


def _shareable(matrix: Codes, values: pa.Array, identity: Codes) -> Comparer:
    """missing, differ, agree in a value that many, few or hardly any others have.

    A value with a slash is a page; who has a page here and a site there does not differ.
    """
    many = np.append(carriers(matrix, identity, len(values)), 0)
    is_site = np.append(~np.asarray(pc.match_substring(values, "/")), False)
    differs = np.asarray(is_site[matrix].any(axis=1))

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = matrix[a], matrix[b]
        level = np.where((x[:, 0] < 0) | (y[:, 0] < 0), 0, 1).astype(np.int8)
        told = np.flatnonzero(level)
        common = shared(x[told], y[told])
        n = many[common]
        apart = differs[a[told]] & differs[b[told]]
        level[told] = np.where(common < 0, apart, np.where(n <= RARE, 4, np.where(n <= FEW, 3, 2)))
        return level

    return levels


def _street(features: pa.Table, identity: Codes) -> Comparer:
    code = codes_of(features.column("street_key"))
    many = np.append(carriers(code[:, None], identity, int(code.max(initial=-1)) + 1), 0)

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        agree = np.where(many[x] <= RARE, 3, 2)
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, agree, 1)).astype(np.int8)

    return levels
