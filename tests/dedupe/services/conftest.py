"""Service records to compare, written by hand."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline.dedupe.services import match_services
from pipeline.dedupe.services.gather import COLUMNS

TEXT, MANY = pa.string(), pa.list_(pa.string())
TYPES = dict.fromkeys(COLUMNS, TEXT) | dict.fromkeys(("themes", "streets", "towns", "slots", "dates"), MANY)
TYPES |= {"valid_from": pa.date32(), "valid_to": pa.date32(), "minimum_age": pa.int64(), "maximum_age": pa.int64()}
HALL = ["kirkkokatu 5|70100"]
OTHER_HALL = ["rantatie 9|70100"]


def service(record_id, name, **told):
    """A row; what is not told is missing."""
    empty = {c: [] if TYPES[c] == MANY else None for c in COLUMNS}
    row = empty | {"record_id": record_id, "source": record_id.split(":")[0], "entity": "o1", "name": name} | told
    if row["streets"] and not row["towns"]:
        row["towns"] = ["297"]
    for column in ("valid_from", "valid_to"):
        row[column] = date.fromisoformat(row[column]) if row[column] else None
    return row


def table(rows):
    return pa.Table.from_pylist(list(rows), schema=pa.schema([(c, TYPES[c]) for c in COLUMNS]))


def names(*told, entity="o1"):
    return pa.table({"entity": pa.array([entity], TEXT), "names": pa.array([list(told)], MANY)})


@pytest.fixture
def decide():
    """The decision on two services of one organisation, `different` when no pair is told of."""

    def make(one, other, organisation="Kuopion Latu ry"):
        found = match_services(table([one, other]), names(organisation))
        decisions = found.matches.column("decision").to_pylist()
        joined = len(set(found.clusters.column("cluster_id").to_pylist())) == 1
        answer = decisions[0] if decisions else "different"
        assert joined == (answer == "same")
        return answer

    return make
