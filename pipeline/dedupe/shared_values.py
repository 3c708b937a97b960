"""Records that share a value, whatever they are called: a register number, a phone, an e-mail, a site, an address.

This needs no name, so it is done while names are still being understood.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.dedupe.blocking_keys import FEW, Keys, Values, keys_of
from pipeline.dedupe.coding import Padded, filled, in_rows, listed, numbered
from pipeline.dedupe.engine import Engine
from pipeline.dedupe.features import street_key

_ONE = {"business_id": "business_id", "association_number": "association_number", "street_key": "street"}
"""Columns with one value and the kinds of their keys."""
SEVERAL = {"phones": "phone", "emails": "email", "hosts": "host"}
"""Columns with lists of values."""


@dataclass(frozen=True, slots=True)
class SharedValues:
    """What records share besides names."""

    keys: Keys
    pairs: pa.Table | None
    """`kind, a, b`: pairs of the keys that few records carry, by their row numbers; null where nobody asked."""
    contacts: dict[str, Padded]
    """Column of `SEVERAL` -> what each record has."""
    street: pa.ChunkedArray
    """Per record its street key."""


def shared_values(records: pa.Table, engine: Engine, *, with_pairs: bool = True) -> SharedValues:
    """Of records in their normal form, or of their features."""
    if "street_key" not in records.column_names:
        records = records.append_column("street_key", street_key(records))
    every = np.arange(len(records))
    told = [Values(kind, every, filled(*numbered(records.column(c)))) for c, kind in _ONE.items()]
    contacts: dict[str, Padded] = {}
    for column, kind in SEVERAL.items():
        rid, code, values = listed(records.column(column))
        code = filled(code, values)
        told.append(Values(kind, rid, code))
        contacts[column] = in_rows(len(records), rid, code), values
    keys = keys_of(len(records), *told)
    pairs = engine.query({"few": keys.few}, FEW) if with_pairs else None
    return SharedValues(keys, pairs, contacts, records.column("street_key"))
