"""Why two records of a list are or are not one organisation: read from the folder that `koonti match` wrote.

The folder holds no names but those in the reasons, and only pairs that were not plainly different; nothing is
compared anew, because the list itself is not there.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.matching.explain import NotKnown, Pair
from pipeline.matching.writing import FILES


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation of the list."""

    id: str
    records: list[str]
    ties: list[dict[str, Any]]
    """record_id_a, record_id_b, probability, decision of its pairs; the surest first."""


class MatchFolder:
    """The tables of one folder, for questions."""

    def __init__(self, folder: Path) -> None:
        try:
            self.clusters, self.matches, self.reasons = (pq.read_table(folder / f"{name}.parquet") for name in FILES)
        except (OSError, pa.ArrowException) as error:
            raise NotKnown(
                f"{folder}: is no folder that koonti match wrote ({str(error).splitlines()[0]}). Name the folder given "
                "to its --out."
            ) from error
        self._cluster_of = dict(
            zip(*(self.clusters.column(c).to_pylist() for c in ("record_id", "cluster_id")), strict=True)
        )
        self._records: dict[str, list[str]] = defaultdict(list)
        for record, cluster in sorted(self._cluster_of.items()):
            self._records[cluster].append(record)

    def records_of(self, asked: str) -> list[str]:
        """The record of that id, else those of that cluster; raises `NotKnown`."""
        if asked in self._cluster_of:
            return [asked]
        if asked in self._records:
            return self._records[asked]
        raise NotKnown(f"'{asked}' is neither a record_id nor a cluster_id of clusters.parquet in this folder.")

    def group(self, asked: str) -> Group:
        """The organisation of a record or cluster; raises `NotKnown`."""
        cluster = self._cluster_of[self.records_of(asked)[0]]
        members = pa.array(self._records[cluster], pa.string())
        told = self._between(members, members).sort_by([("probability", "descending"), ("record_id_a", "ascending")])
        return Group(cluster, self._records[cluster], told.to_pylist())

    def pair(self, one: str, other: str) -> Pair:
        """The surest comparison between two ids; raises `NotKnown` when the folder holds none."""
        ours, theirs = self.records_of(one), self.records_of(other)
        sides = [pa.array(r, pa.string()) for r in (ours, theirs)]
        found = pa.concat_tables([self._between(*sides), self._between(*sides[::-1])])
        if not len(found):
            raise NotKnown(
                f"'{one}' and '{other}' were not compared, or were plainly different: they share no number, contact, "
                "address or rare word of their names."
            )
        best = found.sort_by(
            [("probability", "descending"), ("record_id_a", "ascending"), ("record_id_b", "ascending")]
        )
        row = best.slice(0, 1).to_pylist()[0]
        a, b = row["record_id_a"], row["record_id_b"]
        is_pair = pc.and_(pc.equal(self.reasons["record_id_a"], a), pc.equal(self.reasons["record_id_b"], b))
        reasons = self.reasons.filter(is_pair).to_pylist()
        reasons.sort(key=lambda r: (r["feature"] != "prior", -abs(r["contribution"]), r["feature"]))
        named = next((r for r in reasons if r["feature"] == "name"), {"value_a": None, "value_b": None})
        return Pair(
            a, b, named["value_a"] or "", named["value_b"] or "", row["decision"], "", row["probability"],
            self._cluster_of.get(a, a) == self._cluster_of.get(b, b), list(reasons), compared_now=False,
        )  # fmt: skip

    def _between(self, ours: pa.Array, theirs: pa.Array) -> pa.Table:
        a, b = (self.matches.column(c) for c in ("record_id_a", "record_id_b"))
        return self.matches.filter(pc.and_(pc.is_in(a, value_set=ours), pc.is_in(b, value_set=theirs)))
