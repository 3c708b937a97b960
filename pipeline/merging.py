"""Sorted tables put together into one that is sorted, without sorting anew what is in order already."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage


def merged(many: pa.Table, few: pa.Table, key: str, *, without: npt.NDArray[np.int64] | None = None) -> pa.Table:
    """The rows of both by key; rows of one table that have the same key stay beside each other in their order.

    Args:
        many: In the order of its key.
        few: In the order of its key; columns as in `many`.
        key: A text column, in which no row of one table that stays has a value of the other.
        without: Places of rows of `many` that are left out, rising; null leaves out none.
    """
    every = pa.concat_tables([many, few])
    between = pc.search_sorted(many.column(key), few.column(key)).to_numpy().astype(np.int64)
    order = np.insert(np.arange(len(many)), between, np.arange(len(many), len(every)))
    if without is not None and len(without):
        keep = np.ones(len(every), dtype=bool)
        keep[without] = False
        order = order[keep[order]]
    return storage.taken(every, order)


def rises(column: pa.ChunkedArray) -> bool:
    """Whether no value is less than the one before."""
    values = column.combine_chunks()
    return len(values) < 2 or bool(pc.all(pc.less_equal(values[:-1], values[1:])).as_py())
