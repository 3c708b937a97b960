"""The change feed: what is not as it was in the previous release, and whether the world or the pipeline changed it.

`coverage` says which tables the feed covers and to which entity each of their rows belongs, `feed` compares two
releases in SQL, `rows` says which rows it has to look at, `causes` why an entity changed, `fingerprints` what of ours
could have changed it. `replay` is how an importing service follows the feed, and `history` reads it over several
releases.

What does not belong here: what becomes of ids (`pipeline.identity`), which value is chosen (`pipeline.dedupe`).
"""

from pipeline.changes.feed import Decided, compute
from pipeline.changes.replay import apply, differences

__all__ = ["Decided", "apply", "compute", "differences"]
