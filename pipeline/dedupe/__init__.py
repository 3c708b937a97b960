"""Which records are one organisation, how sure, and why.

The stages, each a function from tables to tables: `features` (what a record offers to compare), `blocking` (which
pairs are worth comparing), `comparison` (how each feature of a pair came out), `scoring` (bits and decisions, with
`weights` read from `data/weights`), `clustering` (groups under constraints), `relations` (near-names that belong
together and are not one). `match` runs them in a row.

Does not belong here: cleaning of values (`transform`), persistent ids, the choice of golden values.
"""

from pipeline.dedupe.match import MatchResult, match
from pipeline.dedupe.weights import Weights, load_weights

__all__ = ["MatchResult", "Weights", "load_weights", "match"]
