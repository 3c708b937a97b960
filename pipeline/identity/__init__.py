"""Persistent identity: which id every organisation, service and place has had since it was first seen.

`ids` mints, `overlap` finds which old ids claim which new groups of records, `matching` shares the groups out,
`registry` says what became of every id, `churn` holds back a release that would change too many. `lifecycle` keeps
records that a platform no longer sends for a while, `quarantine` those that suddenly describe somebody else.

What does not belong here: which records are one organisation (`pipeline.dedupe`).
"""

from pipeline.identity.assignment import Identity, Memory, assign
from pipeline.identity.ids import PREFIX, minter

__all__ = ["PREFIX", "Identity", "Memory", "assign", "minter"]
