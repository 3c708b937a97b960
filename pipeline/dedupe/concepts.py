"""What a name says, in one language: "Vasa Hembygdsförening" and "Vaasan Kotiseutuyhdistys" say the same.

Words are translated one by one by `data/reference/translations.csv`, made by hand; the noun at the end of a compound is
left out, as the two languages choose it freely. That two names say the same is no proof: a town with two languages has
two choirs.

Belongs here: the concept of a core, and which of them a Swedish name said. How much it weighs is in the weights file.
"""

from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.stems import stem
from pipeline.transform.names.word_lists import codes, joined, words_of

_ENDS = (
    "yhdistys", "yhdistyksen", "liitto", "seura", "kerho", "klubi", "toimikunta",
    "foreningen", "forening", "forbundet", "forbund", "sallskapet", "sallskap", "klubben", "klubb", "laget", "lag",
)  # fmt: skip
SHORTEST = 2


@cache
def _finnish() -> dict[str, str]:
    """Swedish word, folded -> what a Finnish name says."""
    return {ascii_fold(row["sv"]): _bare(ascii_fold(row["fi"])) for row in rows("translations")}


def _bare(word: str) -> str:
    return stem(word.removesuffix(_end(word)))


def _end(word: str) -> str:
    """The noun at the end of a compound; empty for none."""
    ends = _ENDS if word.endswith(_ENDS) else ()
    return next((e for e in ends if word.endswith(e) and len(word) >= len(e) + SHORTEST), "")


@lru_cache(maxsize=1 << 18)
def _said(word: str) -> tuple[str, bool]:
    """(what a word says, whether in Swedish)."""
    if word in lexicon().heads:
        return "", False
    known, bare = _finnish(), word.removesuffix(_end(word))
    for form in (word, bare, bare.removesuffix("s")):
        if form in known:
            return known[form], True
    return stem(bare), False


def concepts(cores: pa.Array) -> tuple[pa.Array, Bools]:
    """(what each core says, null where nobody says it in the other language; whether it says so in Swedish).

    Cores are folded words parted by spaces; null or empty says nothing.
    """
    encoded = cores.dictionary_encode()
    lists = pc.split_pattern(encoded.dictionary, " ")
    rows_, code, words = words_of(lists)
    texts = pc.utf8_trim_whitespace(joined(lists, lambda word: _said(word)[0]))
    in_swedish = np.array([_said(word)[1] for word in words], dtype=bool)
    swedish = np.bincount(rows_[in_swedish[code]], minlength=len(lists)) > 0
    kind = codes(texts)
    both = np.intersect1d(kind[swedish], kind[~swedish])
    told = np.isin(kind, both) & np.asarray(pc.not_equal(texts, ""), dtype=bool)
    index = encoded.indices
    found = pc.fill_null(pa.array(swedish, pa.bool_()).take(index), False)
    return pc.if_else(pa.array(told), texts, pa.scalar(None, pa.string())).take(index), np.asarray(found, dtype=bool)
