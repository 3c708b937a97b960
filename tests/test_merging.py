"""Sorted tables are put together as sorting all of it anew would."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import storage
from pipeline.merging import merged, rises

KEYS = st.lists(st.text("aä\x00z", max_size=3), max_size=12)


def table(keys, side):
    return pa.table(
        {"key": pa.array(keys, pa.string()), "n": pa.array([f"{side}{n}" for n in range(len(keys))], pa.string())}
    )


@pytest.mark.parametrize("run", [1, 10**9], ids=["run by run", "row by row"])
@given(data=st.data(), every=KEYS, cuts=st.integers(1, 4))
def test_rows_stand_in_the_order_of_the_key_and_those_left_out_are_gone(run, data, every, cuts):
    every = sorted(every, key=str.encode)
    ours = data.draw(st.sets(st.sampled_from(every))) if every else set()
    many, few = table([k for k in every if k not in ours], "m"), table([k for k in every if k in ours], "f")
    without = sorted(data.draw(st.sets(st.integers(0, len(many) - 1)))) if len(many) else []
    pieces = pa.Table.from_batches(many.to_batches(max_chunksize=cuts), many.schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "RUN", run)
        found = merged(pieces, few, "key", without=np.array(without, dtype=np.int64))
    left = [row for n, row in enumerate(many.to_pylist()) if n not in without]
    assert found.to_pylist() == sorted([*left, *few.to_pylist()], key=lambda row: row["key"].encode())


@given(KEYS)
def test_a_column_rises_when_sorting_it_changes_nothing(keys):
    halves = pa.chunked_array([keys[: len(keys) // 2], keys[len(keys) // 2 :]], pa.string())
    assert rises(halves) == (keys == sorted(keys, key=str.encode))
