"""Where the invented bodies sit: municipalities of today, former ones and villages, with Finnish case endings.

A small world is a contiguous piece of the country, so that neighbours are as dense in five thousand records as in a
hundred thousand. Nothing here is taken from the name parser.
"""

import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.transform import reference

_ENDINGS = (
    ("lahti", "lahden"), ("niemi", "niemen"), ("järvi", "järven"), ("joki", "joen"), ("koski", "kosken"),
    ("mäki", "mäen"), ("salmi", "salmen"), ("lampi", "lammen"), ("vesi", "veden"), ("ranta", "rannan"),
    ("saari", "saaren"), ("selkä", "selän"), ("kangas", "kankaan"), ("perä", "perän"), ("pohja", "pohjan"),
    ("kylä", "kylän"), ("vaara", "vaaran"), ("harju", "harjun"), ("niitty", "niityn"), ("lehto", "lehdon"),
)  # fmt: skip
_PLAIN = ("la", "lä", "va", "vä", "ja", "jä", "na", "nä", "ra", "rä", "sa", "sä", "ma", "mä", "io", "iö", "no")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a body may name itself after."""

    name: str
    genitive: str
    swedish: str
    """Empty where nobody uses a Swedish name."""
    kind: str
    """municipality, village or former."""
    code: str
    """The municipality of today."""
    postal: str
    """A postal code of it; empty when unknown."""


@dataclass(frozen=True, slots=True)
class World:
    """A piece of Finland."""

    towns: tuple[str, ...]
    places: Mapping[str, tuple[Place, ...]]
    """By kind."""
    of_town: Mapping[str, Place]
    postal: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]
    """The six nearest towns."""


def genitive(name: str) -> str | None:
    """The genitive of a village's name where it is safe to say, else null."""
    low = name.casefold()
    for ending, inflected in _ENDINGS:
        if low.endswith(ending):
            return name[: len(name) - len(ending)] + (inflected if len(low) > len(ending) else inflected.capitalize())
    return name + "n" if low.endswith(_PLAIN) and len(low) > 4 else None


@cache
def all_places() -> tuple[Place, ...]:
    """Every place with an unambiguous name; a village that shares its name with any other place is left out."""
    towns = reference.municipalities()
    postal: dict[str, list[tuple[str, str]]] = {}
    for p in reference.postal_codes().values():
        if p.kind == "area" and p.municipality_code in towns:
            postal.setdefault(p.municipality_code, []).append((p.code, p.name_fi.capitalize()))
    places = []
    for t in towns.values():
        has_swedish = t.name_sv if t.name_sv != t.name_fi or t.region_code in ("15", "21") else ""
        codes = postal.get(t.code, [("", "")])
        places.append(Place(t.name_fi, t.genitive_fi, has_swedish, "municipality", t.code, codes[0][0]))
    for f in reference.former_municipalities():
        if f.change == "merged" and len(f.current_codes) == 1 and f.date >= "1960" and not f.name_fi.endswith(" mlk"):
            code = next((c for c, n in postal.get(f.current_codes[0], []) if n.casefold() == f.name_fi.casefold()), "")
            swedish = f.name_sv if f.name_sv != f.name_fi else ""
            places.append(Place(f.name_fi, f.genitive_fi, swedish, "former", f.current_codes[0], code))
    taken = {p.name.casefold() for p in places}
    villages: dict[str, Place] = {}
    often: Counter[str] = Counter()
    for town, codes in postal.items():
        for name in {n for _, n in codes}:
            often[name.casefold()] += 1
        for code, name in codes:
            g = genitive(name)
            if g and name.casefold() not in taken and name not in villages:
                villages[name] = Place(name, g, "", "village", town, code)
    places += [v for v in villages.values() if often[v.name.casefold()] == 1]
    return tuple(places)


def world(rng: random.Random, bodies: int) -> World:
    """A contiguous world for that many bodies: about seventy bodies a town, from 30 towns to the whole country."""
    towns = reference.municipalities()
    wanted = max(30, min(len(towns), bodies // 70))

    def distance(one: str, other: str) -> float:
        a, b = towns[one], towns[other]
        return math.hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * math.cos(math.radians(63)))

    centre = rng.choice([t.code for t in towns.values() if t.region_code != "21"])
    chosen = tuple(sorted(towns, key=lambda c: (distance(c, centre), c))[:wanted])
    inside = [p for p in all_places() if p.code in set(chosen)]
    postal: dict[str, tuple[str, ...]] = dict.fromkeys(chosen, ())
    for p in reference.postal_codes().values():
        if p.kind == "area" and p.municipality_code in postal:
            postal[p.municipality_code] += (p.code,)
    return World(
        towns=chosen,
        places={k: tuple(p for p in inside if p.kind == k) for k in ("municipality", "village", "former")},
        of_town={p.code: p for p in inside if p.kind == "municipality"},
        postal=postal,
        near={c: tuple(sorted(chosen, key=lambda o: (distance(c, o), o))[1:7]) for c in chosen},
    )
