"""Which records are one organisation, how sure, and why.

The stages, each a function from tables to tables: `features` (what a record offers to compare, read with what the
`corpus` of names teaches), `blocking` (which pairs are worth comparing), `comparison` (how each feature of a pair came
out), `learning` and `calibration` (what that weighs in these data), `scoring` (bits and decisions, with `weights` from
`data/weights` where too little can be learned), `clustering` (groups under constraints), `relations` (near-names that
belong together and are not one). `match` runs them in a row; `incremental` and `memory` spare what did not change,
`drift` compares two sets of weights.

Does not belong here: cleaning of values (`transform`), persistent ids, the choice of golden values.
"""

from pipeline.dedupe.match import MatchResult, match, rematch
from pipeline.dedupe.weights import Weights, load_weights

__all__ = ["MatchResult", "Weights", "load_weights", "match", "rematch"]
