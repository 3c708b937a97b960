"""Many names read at once: each sequence of word classes is looked at once.

The parts are gathered by the positions of the `Template`; see `sequences` for who has which. Names without a template
are left to the caller, who reads them one by one; the answers are the same.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.abbreviations import abbreviates, in_capitals
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.many_words import Words
from pipeline.transform.names.sequences import Templates, templates_of
from pipeline.transform.names.templates import Template, is_same_place
from pipeline.transform.names.word_classes import WordClass, class_of
from pipeline.transform.names.word_lists import TEXT, Ints, offsets_of

MANY = pa.list_(pa.string())
SCALARS = ("umbrella", "level", "section", "dependent", "head", "abbreviation", "legal_form", "language")
COLUMNS = (*SCALARS, "place_text", "core", "ascii", "short", "places", "place_keys")
"""`core` has the distinctive words in the order of the name; `short` is the abbreviation, else the initials."""


def read_alike(words: Words, held: Templates | None = None) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    """(the parts of the names that share a template, in their order; which of the names those are). `held` has the
    templates of what was read before, and gets those that are new; the words were then numbered alike."""
    templates, of = templates_of(words, {} if held is None else held)
    of[_of_two_places(words, templates, of)] = -1
    shorts = _abbreviations(words, templates, of)
    known = of >= 0
    return _gathered(words, templates, of, known, shorts), known


def _of_two_places(words: Words, templates: list[Template], of: Ints) -> Ints:
    """Names whose template has two words for one place, where these are of two."""
    again = np.array([t.again for t in templates] + [-1], np.int64)[of]
    rows = np.flatnonzero(again >= 0)
    start = (np.cumsum(words.count) - words.count)[rows]
    one = words.word[start + np.array([t.place for t in templates] + [-1], np.int64)[of[rows]]]
    two = words.word[start + again[rows]]
    text = words.text
    same = [is_same_place(text[x], text[y]) for x, y in zip(one.tolist(), two.tolist(), strict=True)]
    return rows[~np.array(same, dtype=bool)]


def _abbreviations(words: Words, templates: list[Template], of: Ints) -> tuple[list[int], list[str]]:
    """(names, their abbreviations) written in capitals; names that spell theirs out, or name a body beside it, lose
    their template."""
    dependents = lexicon().dependents
    rows: list[int] = []
    found: list[str] = []
    is_short = np.array([sum(v > 0 for v in t.plain) < 2 for t in templates] + [False], dtype=bool)
    is_open = np.array([t.scalars[5] is None for t in templates] + [False], dtype=bool)
    told = np.flatnonzero(is_open[of] & words.capitals() & (words.small() | is_short[of]))
    seen = [in_capitals(display) for display in words.display.take(pa.array(told)).to_pylist()]
    told = told[[short is not None for short, _ in seen]] if len(told) else told
    carried = [(short, has_small) for short, has_small in seen if short is not None]
    for row, (short, has_small), everything in zip(told.tolist(), carried, words.of(told), strict=True):
        template = templates[of[row]]
        plain = [w if v == 1 else class_of(w).stem or "" for w, v in zip(everything, template.plain, strict=True) if v]
        if len(plain) > 1 and not has_small:
            continue
        is_beside = template.scalars[3] is None and not dependents.keys().isdisjoint(everything)
        if is_beside or abbreviates(short, [w for w in plain if w != short]):
            of[row] = -1
        else:
            rows.append(row)
            found.append(short.upper())
    return rows, found


def _gathered(
    words: Words, templates: list[Template], of: Ints, known: npt.NDArray[np.bool_], shorts: tuple[list[int], list[str]]
) -> pa.Table:
    """The parts of the names that have a template."""
    rows = np.cumsum(known) - 1
    n = int(known.sum())
    used = pa.array(of[known])
    built = {name: pa.array([t.scalars[i] for t in templates], TEXT).take(used) for i, name in enumerate(SCALARS)}
    written = np.full(n, -1)
    written[rows[shorts[0]]] = np.arange(len(shorts[0]))
    in_capitals = pa.array(shorts[1], TEXT).take(pa.array(written, mask=written < 0))
    built["abbreviation"] = pc.coalesce(built["abbreviation"], in_capitals)
    size = [len(t.plain) for t in templates]
    offset = np.cumsum([0, *size])[:-1]
    taken = known[words.owner]
    word, owner, at = words.word[taken], rows[words.owner[taken]], words.at[taken]
    of_word = of[words.owner[taken]]
    role_at = offset[of_word] + at if len(templates) else at
    plain = np.array([v for t in templates for v in t.plain], np.int64)[role_at]
    core = np.array([v for t in templates for v in t.core], np.int64)[role_at]
    place = np.array([t.place for t in templates], np.int64)[of_word] == at
    texts, classes, stem = _with_stems(words)
    word = np.where(plain == 2, stem[word], word)
    shown = plain > 0
    section = pc.binary_join_element_wise("", built["section"], " / ").fill_null("")
    built["ascii"] = pc.binary_join_element_wise(
        _joined(pa.array(texts, TEXT), word[shown], owner[shown], n, " "), section, ""
    )
    initials = _joined(pa.array([c.letters for c in classes], TEXT), word[shown], owner[shown], n, "")
    initials = pc.if_else(pc.greater(pc.utf8_length(initials), 1), initials, "")
    built["short"] = pc.coalesce(built["abbreviation"], initials)
    told = core > 0
    built["core"] = _lists(
        [c.given[kind] for kind in range(3) for c in classes],
        (core[told] - 1) * len(texts) + word[told], owner[told], n,
        [t.more_core for t in templates], of[known],
    )  # fmt: skip
    which = np.full(n, -1, np.int64)
    which[owner[place]] = word[place]
    fixed = np.where(which < 0, len(texts) + of[known], which)
    values = [*texts, *(t.place_text for t in templates)]
    text = pa.array(values, TEXT).take(pa.array(fixed))
    is_again = np.array([t.again for t in templates], np.int64)[of_word] == at
    second = np.full(n, -1, np.int64)
    second[owner[is_again]] = word[is_again]
    more = pa.array(values, TEXT).take(pa.array(second, mask=second < 0))
    built["place_text"] = pc.coalesce(pc.binary_join_element_wise(text, more, " "), text)
    for name in ("places", "place_keys"):
        lists = [getattr(c, name) for c in classes] + [getattr(t, name) for t in templates]
        built[name] = pa.array(lists, MANY).take(pa.array(fixed))
    return pa.table({c: built[c] for c in COLUMNS})


def _with_stems(words: Words) -> tuple[list[str], list[WordClass], Ints]:
    """(the words and the stems of those that end in a legal form, their classes, the index of each word's stem or its
    own)."""
    stem = np.arange(len(words.text))
    rows = [i for i, c in enumerate(words.classes) if c.stem is not None]
    stem[rows] = len(words.text) + np.arange(len(rows))
    stems = [words.classes[i].stem or "" for i in rows]
    return [*words.text, *stems], [*words.classes, *map(class_of, stems)], stem


def _joined(values: pa.Array, word: Ints, owner: Ints, n: int, between: str) -> pa.Array:
    """Per name its words as one text."""
    return pc.binary_join(pa.ListArray.from_arrays(offsets_of(owner, n), values.take(pa.array(word))), between)


def _lists(
    given: list[tuple[str, ...]], index: Ints, owner: Ints, n: int, last: list[str | None], of: Ints
) -> pa.Array:
    """Per name the values of its words in a row, and at the end the one that its template adds."""
    size = np.array([len(g) for g in given], np.int64)
    start = np.cumsum(size) - size
    count = size[index]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    values = pa.array([v for g in given for v in g] + [v or "" for v in last], TEXT)
    found, rows = np.repeat(start[index], count) + within, np.repeat(owner, count)
    more = np.flatnonzero(np.array([v is not None for v in last], dtype=bool)[of])
    at = np.searchsorted(rows, more, side="right")
    found, rows = np.insert(found, at, size.sum() + of[more]), np.insert(rows, at, more)
    return pa.ListArray.from_arrays(offsets_of(rows, n), values.take(pa.array(found)))
