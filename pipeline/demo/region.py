"""Makes the true organisations of an invented Pohjois-Savo from a seed; the same seed makes the same world.

Business ids start with 9, far beyond those in use; phone numbers have the form 040 000 nnnn (an old one 040 001 nnnn);
domains are below example.fi.
"""

import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from pipeline.demo.world import Activity, Organisation, Place, World
from pipeline.transform.identifiers import business_id
from pipeline.transform.reference import municipalities, postal_codes

REGION_CODE = "11"
REGION_GENITIVE = "Pohjois-Savon"
STREETS = (
    "Asematie Kirkkokatu Koulutie Kauppakatu Puistokatu Rantatie Satamakatu Savontie Torikatu Keskuskatu "
    "Haapaniementie Kivikatu Pajatie Niemenkatu Mäkikatu Opistotie Myllytie Seurahuoneenkatu Raittitie"
).split()
FIRST = (
    "Aada Aino Eero Eino Elli Hilma Ilmo Iris Kaarlo Lempi Martta Oiva Onni Saima Sulo Taimi Toivo Urho Väinö".split()
)
LAST = "Esimerkki Malli Keksitty Testinen Tarinainen Satunen Mallikas Kuvitelma Luonnos".split()
TITLES = ("puheenjohtaja", "sihteeri", "toiminnanjohtaja", "yhteyshenkilö")
VILLAGE_ENDINGS = {
    "la": "lan", "lä": "län", "mäki": "mäen", "niemi": "niemen", "lahti": "lahden", "joki": "joen",
    "järvi": "järven", "vaara": "vaaran", "ranta": "rannan", "salmi": "salmen", "saari": "saaren",
    "koski": "kosken", "kylä": "kylän", "vesi": "veden", "maa": "maan", "pelto": "pellon",
}  # fmt: skip


@cache
def patterns() -> dict[str, Any]:
    """The name patterns of `patterns.yml`."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "patterns.yml").read_text(encoding="utf-8"))
    return loaded


def guid(rng: random.Random) -> str:
    """A random version-4 GUID from the seeded generator."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def make_world(organisations: int = 600, seed: int = 2026) -> World:
    """The true organisations, about as many as asked; `sightings.observe` adds what platforms see."""
    rng = random.Random(seed)
    maker = _Maker(rng)
    made = maker.districts() + maker.regional() + maker.chapters()
    made = made[:organisations]
    made += maker.local(organisations - len(made))
    maker.share_offices(made)
    return World(seed, made)


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.codes = sorted(c for c, m in municipalities().items() if m.region_code == REGION_CODE)
        if not self.codes:
            raise ValueError(f"the reference lists know no municipality of region {REGION_CODE}")
        self.number = 0
        self.postal = _postal_codes(self.codes)
        self.district_of: dict[str, str] = {}

    def districts(self) -> list[Organisation]:
        made = []
        for p in patterns()["districts"]:
            one = self._make(p["name"].format(region=REGION_GENITIVE), p, self._town(), level="district")
            self.district_of[p["umbrella"]] = one.truth_id
            made.append(one)
        return made

    def regional(self) -> list[Organisation]:
        return [
            self._make(p["name"].format(region=REGION_GENITIVE), p, self._town(), level="district")
            for p in patterns()["regional"]
        ]

    def chapters(self) -> list[Organisation]:
        made = []
        for code in self.codes:
            for p in patterns()["chapters"]:
                if self.rng.random() < p["share"]:
                    name = p["name"].format(gen=municipalities()[code].genitive_fi)
                    parent = self.district_of.get(p["umbrella"])
                    made.append(self._make(name, p, code, level="local", parent=parent))
        return made

    def local(self, count: int) -> list[Organisation]:
        made: list[Organisation] = []
        seen: set[str] = set()
        for _ in range(count * 20):
            if len(made) >= count:
                break
            p = self.rng.choice(patterns()["local"])
            code = self.rng.choice(self.codes)
            village = self.rng.choice(self.postal[code])[1]
            topic = self.rng.choice(sorted(patterns()["topics"]))
            name = p["name"].format(
                gen=municipalities()[code].genitive_fi, village=_village_genitive(village) or "", topic=topic
            )
            p = {**p, "theme": patterns()["topics"][topic]} if "{topic}" in p["name"] else p
            if name in seen or ("{village}" in p["name"] and not _village_genitive(village)):
                continue
            seen.add(name)
            made.append(self._make(name, p, code, level="local"))
        return made

    def share_offices(self, made: list[Organisation]) -> None:
        """A house of associations in the largest town: twenty organisations at one address with one phone."""
        town = self._town()
        here = [i for i, o in enumerate(made) if o.place and o.place.municipality_code == town]
        chosen = self.rng.sample(here, min(20, len(here)))
        house = self._place(town)
        for i in chosen:
            phone = "040 000 0000" if self.rng.random() < 0.5 else made[i].phone
            made[i] = replace(made[i], place=house, phone=phone)

    def _town(self) -> str:
        return "297" if "297" in self.codes else self.codes[0]

    def _make(
        self, name: str, pattern: dict[str, Any], code: str, *, level: str, parent: str | None = None
    ) -> Organisation:
        rng = self.rng
        self.number += 1
        form = pattern.get("form", "ry")
        slug = _slug(name)
        place = self._place(code) if rng.random() < 0.9 else None
        theme = pattern["theme"]
        who = " ".join(name.removesuffix(" ry").removesuffix(" sr").split())
        summary = f"{who} kokoaa ihmisiä yhteen."
        return Organisation(
            truth_id=f"T{self.number:05d}",
            name_fi=name,
            name_sv=None,
            abbreviation=None,
            legal_form=form,
            type={"sr": "foundation", "srk": "parish", "osk": "cooperative"}.get(form, "association"),
            level=level,
            umbrella=pattern.get("umbrella"),
            business_id=self._business_id() if rng.random() < 0.7 else None,
            association_number=str(rng.randint(10_000, 209_999)) if form == "ry" and rng.random() < 0.3 else None,
            place=place,
            phone=f"040 000 {self.number:04d}" if rng.random() < 0.75 else None,
            email=f"toimisto@{slug}.example.fi" if rng.random() < 0.75 else None,
            website=f"https://www.{slug}.example.fi" if rng.random() < 0.6 else None,
            theme=theme,
            summary_fi=summary,
            description_fi=f"{summary} Toimintaamme voi tulla mukaan kuka tahansa, kokemusta ei tarvita.",
            description_sv=f"{who} samlar människor." if rng.random() < 0.1 else None,
            contact_name=f"{rng.choice(FIRST)} {rng.choice(LAST)}" if rng.random() < 0.5 else None,
            contact_title=rng.choice(TITLES),
            parent_truth_id=parent,
            activities=self._activities(theme, place, code, rng.choice((0, 1, 1, 2, 3))),
        )

    def _activities(self, theme: str, place: Place | None, code: str, count: int) -> tuple[Activity, ...]:
        rng = self.rng
        fitting = [p for p in patterns()["activities"] if not p["themes"] or theme in p["themes"]]
        made = []
        for p in rng.sample(fitting, min(count, len(fitting))):
            start = rng.randint(9, 18)
            at = place or self._place(code)
            made.append(
                Activity(
                    id=guid(rng),
                    kind=p["kind"],
                    name_fi=p["name"],
                    name_sv=p["name_sv"] if rng.random() < 0.15 else None,
                    summary_fi=p["summary"].format(place=at.municipality),
                    description_fi=f"{p['summary'].format(place=at.municipality)} Tervetuloa mukaan!",
                    theme=theme,
                    place=at,
                    weekday=rng.randint(1, 7),
                    opens_at=f"{start:02d}:00",
                    closes_at=f"{start + rng.randint(1, 3):02d}:30",
                    is_free=rng.random() < 0.8,
                    age_range=rng.choice((None, None, (65, 99), (7, 12), (18, 29))),
                    online_url=None,
                )
            )
        return tuple(made)

    def _place(self, code: str) -> Place:
        rng = self.rng
        town = municipalities()[code]
        postal_code, office = rng.choice(self.postal[code])
        return Place(
            street=f"{rng.choice(STREETS)} {rng.randint(1, 60)}",
            postal_code=postal_code,
            city=office.title(),
            municipality=town.name_fi,
            municipality_code=code,
            latitude=round((town.latitude or 63.0) + rng.uniform(-0.05, 0.05), 6),
            longitude=round((town.longitude or 27.5) + rng.uniform(-0.1, 0.1), 6),
        )

    def _business_id(self) -> str:
        while True:
            digits = f"9{self.rng.randint(0, 999_999):06d}"
            for check in "0123456789":
                if business_id(f"{digits}-{check}").problem is None:
                    return f"{digits}-{check}"


def _postal_codes(codes: list[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {code: [] for code in codes}
    for postal_code, entry in sorted(postal_codes().items()):
        if entry.municipality_code in found:
            found[entry.municipality_code].append((postal_code, entry.name_fi))
    return found


def _village_genitive(name: str) -> str | None:
    """Genitive of a village whose name ends in a way we are sure of; null otherwise."""
    low = name.lower()
    for ending, genitive in VILLAGE_ENDINGS.items():
        if low.endswith(ending) and low.isalpha():
            return (low.removesuffix(ending) + genitive).capitalize()
    return None


def _slug(name: str) -> str:
    plain = name.lower().translate(str.maketrans("äöå", "aoa"))
    return "".join(c for c in plain if c.isalnum())[:40]
