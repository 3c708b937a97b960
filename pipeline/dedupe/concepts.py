"""What a name says, in one language: "Vasa Hembygdsförening" and "Vaasan Kotiseutuyhdistys" say the same.

Words are translated one by one by `data/reference/translations.csv`, made by hand; the noun at the end of a compound is
left out, as the two languages choose it freely. That two names say the same is no proof: a town with two languages has
two choirs.

Belongs here: the concept of a core, and which of them a Swedish name said. How much it weighs is in the weights file.
"""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.many_stems import stems_of_each
from pipeline.transform.names.word_lists import TEXT, coded_words, codes, exchanged, in_order_of

_ENDS = (
    "yhdistys", "yhdistyksen", "liitto", "seura", "kerho", "klubi", "toimikunta",
    "foreningen", "forening", "forbundet", "forbund", "sallskapet", "sallskap", "klubben", "klubb", "laget", "lag",
)  # fmt: skip
"""The nouns at the end of a compound, of which none ends in another; two letters at least stand before one."""
_COMPOUND = "(?s)^(.{2,})(?:" + "|".join(_ENDS) + ")$"


@cache
def _finnish() -> tuple[pa.Array, pa.Array]:
    """(Swedish words, folded; what a Finnish name says of each)."""
    said = {ascii_fold(row["sv"]): ascii_fold(row["fi"]) for row in rows("translations")}
    return pa.array(list(said), TEXT), stems_of_each(_bare(pa.array(list(said.values()), TEXT)))


def _bare(words: pa.Array) -> pa.Array:
    """The words without the noun at the end of a compound."""
    is_compound = np.flatnonzero(np.asarray(pc.match_substring_regex(words, _COMPOUND), dtype=bool))
    bare = pc.replace_substring_regex(words.take(pa.array(is_compound)), pattern=_COMPOUND, replacement=r"\1")
    return exchanged(words, is_compound, bare)


def _said(words: pa.Array) -> tuple[pa.Array, Bools]:
    """(what each word says, nothing for the noun of a body; whether it says so in Swedish)."""
    swedish, finnish = _finnish()
    bare = _bare(words)
    nominative = pc.if_else(pc.ends_with(bare, "s"), pc.utf8_slice_codeunits(bare, 0, -1), bare)
    known = pc.coalesce(*(pc.index_in(form, value_set=swedish) for form in (words, bare, nominative)))
    is_noun = pc.is_in(words, value_set=pa.array(list(lexicon().heads), TEXT))
    said = pc.if_else(is_noun, "", pc.coalesce(finnish.take(known), stems_of_each(bare)))
    return said, np.asarray(pc.and_not(known.is_valid(), is_noun), dtype=bool)


def concepts(cores: pa.Array) -> tuple[pa.Array, Bools]:
    """(what each core says, null where nobody says it in the other language; whether it says so in Swedish).

    Cores are folded words parted by spaces; null or empty says nothing.
    """
    encoded = cores.dictionary_encode()
    lists = pc.split_pattern(encoded.dictionary, " ")
    rows_, code, words = coded_words(lists)
    said, in_swedish = _said(words)
    texts = pc.utf8_trim_whitespace(in_order_of(rows_, code, said, len(lists)))
    swedish = np.bincount(rows_[in_swedish[code]], minlength=len(lists)) > 0
    kind = codes(texts)
    size = int(kind.max(initial=-1)) + 1
    by_swedish = np.bincount(kind[swedish], minlength=size)
    both = (by_swedish > 0) & (by_swedish < np.bincount(kind, minlength=size))
    told = both[kind] & np.asarray(pc.not_equal(texts, ""), dtype=bool)
    concept = pc.if_else(pa.array(told), texts, pa.scalar(None, TEXT))
    found = pc.fill_null(pa.array(swedish, pa.bool_()).take(encoded.indices), False)
    return concept.take(encoded.indices), np.asarray(found, dtype=bool)
