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
    end = next((e for e in _ENDS if word.endswith(e) and len(word) >= len(e) + SHORTEST), "")
    return stem(word.removesuffix(end))


@lru_cache(maxsize=1 << 18)
def _said(word: str) -> tuple[str, bool]:
    """(what a word says, whether in Swedish)."""
    known = _finnish()
    end = next((e for e in _ENDS if word.endswith(e) and len(word) >= len(e) + SHORTEST), "")
    for form in (word, word.removesuffix(end), word.removesuffix(end).removesuffix("s")):
        if form in known:
            return known[form], True
    return _bare(word), False


def concepts(cores: pa.Array) -> tuple[pa.Array, Bools]:
    """(what each core says, null where nobody says it in the other language; whether it says so in Swedish).

    Cores are folded words parted by spaces; null or empty says nothing.
    """
    encoded = cores.dictionary_encode()
    heads = lexicon().heads
    texts: list[str | None] = []
    swedish: list[bool] = []
    for core in encoded.dictionary.to_pylist():
        said = [_said(w) for w in core.split(" ") if w and w not in heads]
        texts.append(" ".join(sorted({text for text, _ in said})) or None)
        swedish.append(any(is_swedish for _, is_swedish in said))
    flags = np.array(swedish, dtype=bool)
    by_text: dict[str | None, set[bool]] = {}
    for text, flag in zip(texts, swedish, strict=True):
        by_text.setdefault(text, set()).add(flag)
    told = pa.array([t if t is not None and len(by_text[t]) == 2 else None for t in texts], pa.string())
    index = encoded.indices
    found = np.asarray(pc.fill_null(pa.array(flags, pa.bool_()).take(index), False), dtype=bool)
    return told.take(index), found
