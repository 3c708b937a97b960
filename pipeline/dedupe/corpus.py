"""What the names at hand say about one another: villages and abbreviations that no list holds.

Two patterns are general. *A frame that recurs with many places is that of chapters* (see `villages`). *An abbreviation
stands where its full name stands* (see `in_full`): when "KVL" and "Kotiväen Lepoliitto" are found in the same places
again and again and the letters fit, they are one. A short list is taken as it reads.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.in_full import abbreviations, say_in_full
from pipeline.dedupe.villages import with_villages
from pipeline.transform.names.word_lists import flat


def understood(parsed: pa.Table) -> pa.Table:
    """The parsed names with villages told as places ("V" and a stem) and abbreviations by what they stand for."""
    changed: dict[str, Any] = {c: flat(parsed.column(c)) for c in parsed.column_names}
    with_villages(changed)
    written = {a.lower() for a in pc.unique(changed["abbreviation"]).to_pylist() if a and 2 <= len(a) <= 6}
    say_in_full(changed, abbreviations(changed, written))
    return pa.table(changed)
