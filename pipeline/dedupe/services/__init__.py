"""Which service records of one organisation are one service, and which of its places are one place.

Belongs here: reading services out of the record tables, comparing and grouping them, and the same for places.
Who the organisations are is decided before, by `dedupe.match`; what one service shows, by `dedupe.catalogue`.
"""

from pipeline.dedupe.services.match import ServiceResult, match_services
from pipeline.dedupe.services.places import match_places
from pipeline.dedupe.services.tables import fingerprint, tables

__all__ = ["ServiceResult", "fingerprint", "match_places", "match_services", "tables"]
