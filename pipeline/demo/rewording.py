"""How the same activity is worded on different platforms, and which service records are truly one.

PTV shows the proper name; Lähellä.fi and the cards often other words, the organisation's name or the town before it, a
shorter text, and on cards now and then last year's weekday.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from pipeline.demo.ptv_shapes import guid
from pipeline.demo.region import patterns
from pipeline.demo.world import Activity, Organisation, World

PTV, LAHELLA, CARDS = "ptv", "lahella", "yhdistysinfo"
OTHER_WORDS, OLD_TIME, SHORT_TEXT = 0.45, 0.1, 0.5
"""Shares of activities."""


def reword(world: World) -> None:
    """Changes the activities that Lähellä.fi and the cards show; deterministic for the seed of the world."""
    rng = random.Random(world.seed + 2)
    for source in (LAHELLA, CARDS):
        world.sightings[source] = [
            replace(seen, organisation=replace(o, activities=tuple(_seen(a, o, source, rng) for a in o.activities)))
            for seen in world.sightings[source]
            for o in (seen.organisation,)
        ]


def _seen(activity: Activity, owner: Organisation, source: str, rng: random.Random) -> Activity:
    variants: list[str] = next(
        (p.get("variants", []) for p in patterns()["activities"] if p["name"] == activity.name_fi), []
    )
    if variants and rng.random() < OTHER_WORDS:
        who = owner.name_fi.removesuffix(" ry").removesuffix(" sr")
        name = rng.choice(variants).format(who=who, place=activity.place.municipality)
        activity = replace(activity, name_fi=name)
    if rng.random() < SHORT_TEXT:
        activity = replace(activity, description_fi=activity.summary_fi)
    if source == CARDS and rng.random() < OLD_TIME:
        activity = replace(activity, weekday=activity.weekday % 7 + 1)
    return activity


def service_truth(world: World) -> dict[str, str]:
    """record_id -> true activity, for every service record that a platform may show."""
    return {f"{source}:{native}": truth for source, native, truth in _services(world)}


def _services(world: World) -> Iterator[tuple[str, str, str]]:
    for source, sightings in world.sightings.items():
        for seen in sightings:
            for number, activity in enumerate(seen.organisation.activities, 1):
                native = {
                    PTV: guid(seen.native_id, activity.id, "service"),
                    LAHELLA: f"{seen.native_id}{number:02d}",
                    CARDS: f"{seen.native_id}#{activity.id}",
                }.get(source)
                if native:
                    yield source, native, f"{seen.organisation.truth_id}/{activity.id}"
