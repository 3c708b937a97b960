"""Records that share a value, whatever they are called: a register number, a phone, an e-mail, a site, an address.

This needs no name, so it is done while names are still being understood.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedupe.blocking_keys import COUNTS, FEW, KIND, MANY, sized
from pipeline.dedupe.engine import Engine
from pipeline.dedupe.features import street_key

_KEYS = f"""
            SELECT {KIND["business_id"]} AS kind, business_id AS key, rid FROM v
  UNION ALL SELECT {KIND["association_number"]}, association_number, rid FROM v
  UNION ALL SELECT {KIND["phone"]}, unnest(phones), rid FROM v
  UNION ALL SELECT {KIND["email"]}, unnest(emails), rid FROM v
  UNION ALL SELECT {KIND["host"]}, unnest(hosts), rid FROM v
  UNION ALL SELECT {KIND["street"]}, street_key, rid FROM v
"""
_COLUMNS = ("business_id", "association_number", "phones", "emails", "hosts")


@dataclass(frozen=True, slots=True)
class SharedValues:
    """What records share besides names."""

    few: pa.Table
    """`kind, a, b`: pairs that share a value of at most `CAP` records, by their row numbers."""
    many: pa.Table
    """`kind, key, rid` of values that more records carry."""
    counts: pa.Table
    """`kind, keys, capped_keys`."""
    street: pa.ChunkedArray
    """Per record its street key."""


def shared_values(records: pa.Table, engine: Engine) -> SharedValues:
    """Of records in their normal form, or of their features."""
    if "street_key" not in records.column_names:
        records = records.append_column("street_key", street_key(records))
    table = records.select((*_COLUMNS, "street_key"))
    table = table.append_column("rid", pa.array(np.arange(len(records), dtype=np.int32)))
    few, many, counts = engine.query({"v": table}, sized(_KEYS), (FEW, MANY, COUNTS))
    return SharedValues(few, many, counts, records.column("street_key"))
