"""Time of matching invented services: `python -m benchmarks.services [RECORDS]`; one organisation has thousands."""

import random
import resource
import sys
from typing import Any

import pyarrow as pa

from pipeline.dedupe.services import ServiceResult, match_services
from pipeline.dedupe.services.gather import COLUMNS

WORDS = (
    "kuoro kerho jumppa vertaistuki neuvonta digituki lukupiiri askartelu retki luento pilates kasityo muistelo "
    "kahvila peli puutarha kielikerho sauvakavely ensiapu ruokailu teatteri tanssi valokuvaus shakki"
).split()
BEFORE = ("", "lasten ", "naisten ", "avoin ", "senioreiden ", "Kuopion ")
SOURCES = ("ptv", "lahella", "cards", "events")
TEXT, MANY = pa.string(), pa.list_(pa.string())
TYPES = dict.fromkeys(COLUMNS, TEXT) | dict.fromkeys(("themes", "streets", "towns", "slots", "dates"), MANY)
TYPES |= {"valid_from": pa.date32(), "valid_to": pa.date32(), "minimum_age": pa.int64(), "maximum_age": pa.int64()}
HOT_EVERY, HOT = 8_000, 3_000
"""Each so manieth organisation has so many services."""


def invented(records: int, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """At least so many service records, and the names of their organisations."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = []
    organisation = 0
    while len(rows) < records:
        organisation += 1
        hot = organisation % HOT_EVERY == 0
        for i in range(HOT if hot else rng.choice((1, 2, 3, 5, 8))):
            name = (rng.choice(BEFORE) + rng.choice(WORDS) + (f" {rng.randint(1, 400)}" if hot else "")).capitalize()
            text = f"{name} kokoontuu viikoittain, kaikki ovat tervetulleita {rng.randint(1, 9)}."
            slot = f"{rng.choice(('MO', 'TU', 'WE', 'TH'))} {rng.randint(9, 18):02d}:00-"
            rows += [
                {
                    "record_id": f"{source}:{organisation}-{i}", "source": source, "entity": f"o{organisation}",
                    "kind": "public_service" if source == "ptv" else "hobby",
                    "name": name if rng.random() < 0.6 else f"{name}ryhmä",
                    "description": text if rng.random() < 0.7 else None, "language": "fi", "themes": ["T01"],
                    "streets": [f"katu {i % 5}|70100"], "towns": ["297"], "slots": [slot], "dates": [],
                }
                for source in rng.sample(SOURCES, rng.choice((1, 1, 2, 3)))
            ]  # fmt: skip
    numbers = range(1, organisation + 1)
    names = pa.table({"entity": [f"o{i}" for i in numbers], "names": [[f"Järjestö {i} ry"] for i in numbers]})
    return pa.Table.from_pylist(rows, schema=pa.schema([(c, TYPES[c]) for c in COLUMNS])), names


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints one line."""
    rows, names = invented(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    start = cpu()
    found: ServiceResult = match_services(rows, names)
    services = len(set(found.clusters.column("cluster_id").to_pylist()))
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(rows)} records are {services} services: {cpu() - start:.1f} CPU s, {size:.0f} MB")


if __name__ == "__main__":
    main()
