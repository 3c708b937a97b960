"""Seeded, invented Finnish organisations seen by six sources, with truth, hard in the ways real ones are hard.

    python -m benchmarks.organisations --records 100000 --seed 11 --out /tmp/bench/100k_seed11

writes `records.parquet` (the input columns of `pipeline.dedupe.features.INPUT`) and `truth.parquet`: `record_id`,
`entity_id`, `kind` (chapter, local, own_name …), `vocabulary` (known: an umbrella that a list may hold; invented: it
cannot), `name` (formal name of the body), `written_as` (formal, usual, short, swedish), `confusions` (what went wrong
with the record) and `solvable` (a reader who knew every body could tell whose record it is).

`difficulty.yml` holds the mix, `vocabulary.yml` the words; `bodies` invents, `observation` sees, `confusions` and
`misspellings` spoil. Nothing is built from the lists that the name parser reads.
"""

import argparse
import gc
import random
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks import confusions
from benchmarks.bodies import Maker
from benchmarks.geography import world
from benchmarks.observation import Records, contacts, observed

DIFFICULTY = Path(__file__).parent / "difficulty.yml"
_MANY = pa.list_(pa.string())


@cache
def difficulty() -> Mapping[str, Any]:
    """The mix, as the file says it."""
    with DIFFICULTY.open(encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def generate(records: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """(records in the columns of `INPUT`, truth); the same for the same seed and size."""
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects that all live to the end: looking for garbage doubles the time
    try:
        return _generated(records, seed, difficulty())
    finally:
        if collecting:
            gc.enable()


def _generated(records: int, seed: int, mix: Mapping[str, Any]) -> tuple[pa.Table, pa.Table]:
    per_body = mix["records_per_body"]
    mean = sum(int(k) * v for k, v in per_body.items()) / sum(per_body.values()) * (1 + mix["duplicate_inside_source"])
    chance = random.Random(seed)
    wanted = max(4, round(records / mean * 1.01) + 3)
    place = world(chance, wanted)
    bodies = Maker(chance, place, mix).make(wanted)
    true = contacts(bodies, place, mix, np.random.default_rng((seed, 1)))
    seen = observed(bodies, true, place, mix, records, seed)
    for confuse in confusions.ALL:
        confuse(seen)
    return _tables(seen)


def synthetic(records: int, seed: int = 1) -> tuple[pa.Table, dict[str, int]]:
    """(records, record id -> number of the true organisation): `generate` for tests and small measurements."""
    table, truth = generate(records, seed)
    entity = truth.column("entity_id").to_pylist()
    return table, dict(zip(truth.column("record_id").to_pylist(), (int(e[1:]) for e in entity), strict=True))


def _tables(seen: Records) -> tuple[pa.Table, pa.Table]:
    n = len(seen.name)
    numbers = seen.rng.permutation(n)
    ids = pa.array([f"{s}:{k:08d}" for s, k in zip(seen.source.tolist(), numbers.tolist(), strict=True)])

    def text(values: Any) -> pa.Array:
        array = pa.array(values, pa.string())
        return pa.compute.if_else(pa.compute.equal(array, ""), pa.scalar(None, pa.string()), array)

    def many(values: Any) -> pa.Array:
        return pa.array([[v] if v else [] for v in values.tolist()], _MANY)

    told = seen.seen
    records = pa.table(
        {
            "record_id": ids,
            "source": pa.array(seen.source, pa.string()),
            "name": pa.array(seen.name, pa.string()),
            "other_names": pa.array(seen.other, _MANY),
            "legal_form": text(seen.legal_form),
            "business_id": text(told.business_id),
            "association_number": text(told.association_number),
            "phones": many(told.phone),
            "emails": many(told.email),
            "hosts": many(told.host),
            "street_address": text(told.street),
            "postal_code": text(told.postal),
            "municipality_code": text(told.town),
            "latitude": pa.array(told.latitude, pa.float64(), from_pandas=True),
            "longitude": pa.array(told.longitude, pa.float64(), from_pandas=True),
        }
    )
    bodies = [seen.bodies[b] for b in seen.body.tolist()]
    truth = pa.table(
        {
            "record_id": ids,
            "entity_id": pa.array([f"e{e:07d}" for e in seen.entity.tolist()]),
            "kind": pa.array([b.kind for b in bodies]),
            "vocabulary": pa.array(["" if not b.family else "known" if b.family.known else "invented" for b in bodies]),
            "name": pa.array([b.formal for b in bodies]),
            "written_as": pa.array(seen.written_as),
            "confusions": pa.array(confusions.confusions_of(seen), _MANY),
            "solvable": pa.array(confusions.solvable(seen)),
        }
    )
    return records, truth


def write(records: int, seed: int, folder: Path) -> None:
    """Writes both tables into the folder."""
    made, truth = generate(records, seed)
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(made, folder / "records.parquet")
    pq.write_table(truth, folder / "truth.parquet")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    start = time.perf_counter()
    write(given.records, given.seed, given.out)
    print(f"{given.records} records, seed {given.seed}: {given.out} in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
