"""PTV v11 by changes: the records are those of a full fetch, for a fraction of the requests and of the reading."""

import copy
import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo.ptv_catalogue import Catalogue, make_catalogue
from pipeline.demo.ptv_server import ptv_site
from pipeline.sources import snapshots

Night = Callable[..., Any]
PLACES = itertools.count()
LATER = "2026-11-23T12:00:00.5"


@pytest.fixture
def catalogue(invent: SimpleNamespace) -> Catalogue:
    made = make_catalogue(invent.small_world())
    for kind in ("organizations", "services", "channels"):
        for entry in made[kind].values():
            entry.body["modified"] = "2026-01-01T00:00:00"
    return made


def first(catalogue: Catalogue, kind: str, number: int = 0) -> str:
    return sorted(catalogue[kind])[number]


def change(catalogue: Catalogue) -> None:
    """A day: a service renamed, a channel gone, a service gone, an organisation renamed, a channel new."""
    catalogue.change("services", first(catalogue, "services"), LATER, serviceNames=named("Uusi nimi"))
    catalogue.archive("channels", first(catalogue, "channels"), LATER)
    catalogue.archive("services", first(catalogue, "services", 3), LATER)
    owner = next(iter(catalogue.channels.values())).organization
    catalogue.change("organizations", owner, LATER, organizationNames=named("Uusi yhdistys ry"))
    old = catalogue.channels[first(catalogue, "channels", 2)]
    new = copy.deepcopy(old)
    new.id = new.body["id"] = "00000000-0000-4000-8000-00000000abcd"
    catalogue.channels[new.id] = new
    catalogue.change("channels", new.id, LATER, serviceChannelNames=named("Uusi paikka"))


def named(name: str) -> list[dict[str, str]]:
    return [{"language": "fi", "value": name, "type": "Name"}]


@pytest.mark.parametrize("codes", [(), ("297", "140")], ids=["country", "region"])
def test_after_a_delta_the_records_are_those_of_a_full_fetch(
    night: Night, catalogue: Catalogue, codes: tuple[str, ...]
) -> None:
    site = ptv_site([], catalogue=catalogue)
    options = {"base_url": "{base}/api/v11", "codes": codes}
    with night(site, "ptv", "delta", **options) as one, night(site, "ptv", "whole", **options) as other:
        one.run(0)
        change(catalogue)
        taken, outcome = one.run(1)
        assert not taken.full
        other.run(1)
        assert one.tables() == other.tables()
        assert {"Uusi nimi", "Uusi paikka"} <= {row["name"] for row in one.rows("record")}
        assert outcome.read == len(one.rows("record"))


DAY = st.lists(
    st.tuples(
        st.sampled_from(["rename", "archive", "add"]), st.sampled_from(["services", "channels"]), st.integers(0, 9)
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12)
@given(days=st.lists(DAY, min_size=1, max_size=3), codes=st.sampled_from([(), ("297", "140")]))
def test_after_any_days_of_changes_the_records_are_those_of_a_full_fetch(
    night: Night, invent: SimpleNamespace, days: list[list[tuple[str, str, int]]], codes: tuple[str, ...]
) -> None:
    catalogue = make_catalogue(invent.small_world())
    for kind in ("organizations", "services", "channels"):
        for entry in catalogue[kind].values():
            entry.body["modified"] = "2026-01-01T00:00:00"
    options = {"base_url": "{base}/api/v11", "codes": codes}
    site, place = ptv_site([], catalogue=catalogue), str(next(PLACES))
    with night(site, "ptv", f"delta{place}", **options) as one, night(site, "ptv", f"whole{place}", **options) as other:
        one.run(0)
        for number, day in enumerate(days, 1):
            for step, (what, kind, index) in enumerate(day):
                happen(catalogue, what, kind, index, f"2026-11-{22 + number}T12:00:{step:02}.5", f"{number}-{step}")
            taken, _ = one.run(number)
            assert not taken.full
        other.run(len(days))
        assert one.tables() == other.tables()


def happen(catalogue: Catalogue, what: str, kind: str, index: int, moment: str, mark: str) -> None:
    """One change of a day, as far as there is anything left to change."""
    ids = sorted(catalogue[kind])
    if not ids:
        return
    guid, names = ids[index % len(ids)], {"services": "serviceNames", "channels": "serviceChannelNames"}[kind]
    if what == "archive":
        catalogue.archive(kind, guid, moment)
    elif what == "rename":
        catalogue.change(kind, guid, moment, **{names: named(f"Nimi {mark}")})
    else:
        new = copy.deepcopy(catalogue[kind][guid])
        new.id = new.body["id"] = str(uuid5(NAMESPACE_DNS, f"{kind}-{mark}"))
        catalogue[kind][new.id] = new
        catalogue.change(kind, new.id, moment, **{names: named(f"Uusi {mark}")})


def test_a_replay_gives_the_same_bytes_whether_or_not_records_of_the_base_are_there(
    night: Night, catalogue: Catalogue
) -> None:
    with night(ptv_site([], catalogue=catalogue), "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        change(catalogue)
        one.run(1)
        made = one.bytes()
        one.run(2, offline=True)
        assert one.bytes() == made
        for path in (one.settings.records_dir / "ptv").iterdir():
            path.unlink()
        one.run(2, offline=True)
        assert one.bytes() == made


def test_a_quiet_night_asks_for_no_object_and_reads_none(night: Night, catalogue: Catalogue) -> None:
    site = ptv_site([], catalogue=catalogue)
    with night(site, "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        made = one.tables()
        site.asked.clear()
        taken, _ = one.run(1)
        assert not [path for path in site.asked if "/list?" in path]
        assert taken.requests == 9
        assert one.tables() == made


def test_a_day_of_one_percent_changes_costs_about_that(night: Night, invent: SimpleNamespace) -> None:
    hobbies = tuple(invent.activity(f"h{i}", "hobby") for i in range(300))
    catalogue = make_catalogue([invent.sighting("suuri", activities=hobbies)])
    for kind in ("organizations", "services", "channels"):
        for entry in catalogue[kind].values():
            entry.body["modified"] = "2026-01-01T00:00:00"
    with night(ptv_site([], catalogue=catalogue), "ptv", base_url="{base}/api/v11") as one:
        whole, _ = one.run(0)
        for number in range(3):
            catalogue.change("services", first(catalogue, "services", number), LATER)
        taken, _ = one.run(1)
        snapshot = snapshots.load(one.settings.snapshots_dir / "ptv" / taken.version)
        assert taken.transferred < 0.02 * whole.transferred
        read_again = {r["record_id"] for r in one_version(one, snapshot.version)}
        assert len(read_again) == 3


def one_version(night: Any, version: str) -> list[dict[str, Any]]:
    from pipeline.storage import read_table

    rows = read_table(night.settings.records_dir / "ptv", "record").to_pylist()
    return [row for row in rows if row["snapshot_version"] == version]


@pytest.mark.parametrize(("day", "how", "full"), [(6, {}, False), (8, {}, True), (1, {"full": True}, True)])
def test_everything_is_fetched_again_after_a_week_or_when_told_to(
    night: Night, catalogue: Catalogue, day: int, how: dict[str, bool], full: bool
) -> None:
    with night(ptv_site([], catalogue=catalogue), "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        taken, _ = one.run(day, **how)
        assert taken.full is full


def test_a_delta_is_never_built_on_another_region(night: Night, catalogue: Catalogue) -> None:
    site = ptv_site([], catalogue=catalogue)
    with night(site, "ptv", base_url="{base}/api/v11", codes=("140",)) as one:
        one.run(0)
        with night(site, "ptv", base_url="{base}/api/v11", codes=("297",)) as other:
            assert other.run(1)[0].full


def test_a_failed_delta_keeps_the_records(night: Night, catalogue: Catalogue) -> None:
    from pipeline.demo.server import Fault

    site = ptv_site([], catalogue=catalogue)
    with night(site, "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        made = one.bytes()
        site.faults.append(Fault("status", path="Archived", status=503))
        taken, outcome = one.run(1)
        assert (taken.state, outcome.state) == ("stale", "stale")
        assert one.bytes() == made
