"""What each invented platform sees of the true organisations: variants, gaps and errors of the usual kinds.

The errors are those that platforms really have (facts on names and ids): missing legal form, abbreviation for the
full name, nominative place, capitals, typos, lost umlauts, old phone numbers, the district's phone or business id on
a chapter's card, twins inside one platform, missing or mistyped business ids.
"""

import random
import re
from dataclasses import replace

from pipeline.demo import rewording
from pipeline.demo.region import FIRST, LAST, REGION_GENITIVE, guid, patterns
from pipeline.demo.spreadsheet import native_ids
from pipeline.demo.world import Organisation, Sighting, World
from pipeline.transform.reference import municipalities

PTV, LAHELLA, CARDS, LIST = "ptv", "lahella", "yhdistysinfo", "kuntalista"


def observe(world: World) -> World:
    """Adds the sightings of the four platforms to a world; deterministic for its seed."""
    eye = _Eye(world)
    world.sightings = {PTV: eye.ptv(), LAHELLA: eye.lahella(), CARDS: eye.cards(), LIST: eye.municipal_list()}
    rewording.reword(world)
    return world


class _Eye:
    def __init__(self, world: World) -> None:
        self.rng = random.Random(world.seed + 1)
        self.organisations = world.organisations
        self.by_id = {o.truth_id: o for o in world.organisations}

    def ptv(self) -> list[Sighting]:
        """Official names and mostly valid ids; districts lend their business id; a few twins."""
        seen: list[Sighting] = []
        native = {o.truth_id: guid(self.rng) for o in self.organisations}
        chosen = [o for o in self.organisations if self.rng.random() < 0.4 or o.level == "district"]
        shown = {o.truth_id for o in chosen}
        for o in chosen:
            view = replace(
                self._contacts(o, 0.6),
                contact_name=None,
                activities=tuple(a for a in o.activities if _reaches_ptv(a.kind)),
            )
            parent = self.by_id.get(o.parent_truth_id or "")
            if parent and parent.business_id and self.rng.random() < 0.15:
                view = replace(view, business_id=parent.business_id)
            has_parent = parent is not None and parent.truth_id in shown
            up = native[parent.truth_id] if parent and has_parent and self.rng.random() < 0.5 else None
            seen.append(Sighting(native[o.truth_id], view, up))
            if o.business_id and self.rng.random() < 0.03:
                seen.append(Sighting(guid(self.rng), replace(view, activities=(), email=None)))
        return seen

    def lahella(self) -> list[Sighting]:
        """Written by the organisations themselves: short names, good contacts, ids more often than not missing."""
        seen = []
        for o in self.organisations:
            if self.rng.random() >= 0.5:
                continue
            view = self._contacts(self._renamed(o, 0.45), 0.65)
            view = replace(view, business_id=self._own_id(o, 0.5), description_sv=None, association_number=None)
            seen.append(Sighting(str(7_103_000_000 + self.rng.randint(0, 999_999)), view))
        return _unique(seen)

    def cards(self) -> list[Sighting]:
        """Older actor cards: no ids, old phones, the district's contact data now and then."""
        seen = []
        for o in self.organisations:
            if self.rng.random() >= 0.45:
                continue
            view = self._contacts(self._typo(self._renamed(o, 0.4), 0.08), 0.5)
            view = replace(view, business_id=self._own_id(o, 0.12), association_number=None, description_sv=None)
            parent = self.by_id.get(o.parent_truth_id or "")
            if parent and self.rng.random() < 0.15:
                view = replace(view, phone=parent.phone, email=parent.email)
            view = replace(view, activities=view.activities[:1])
            seen.append(Sighting(str(self.rng.randint(1000, 99_999)), view))
        return _unique(seen)

    def municipal_list(self) -> list[Sighting]:
        """A spreadsheet typed by a secretary: capitals, missing forms, private contact data."""
        views = []
        for o in self.organisations:
            if self.rng.random() >= 0.4:
                continue
            view = self._contacts(self._typo(self._renamed(o, 0.35), 0.06), 0.45)
            if self.rng.random() < 0.15:
                view = replace(view, name_fi=view.name_fi.upper())
            views.append(replace(view, business_id=self._own_id(o, 0.3), activities=(), association_number=None))
        plain = [Sighting("", view) for view in views]
        return [Sighting(native, s.organisation) for native, s in zip(native_ids(plain), plain, strict=True)]

    def _contacts(self, o: Organisation, shown: float) -> Organisation:
        """Each contact is shown in a share of cases, and not always the same one: boards change every year."""
        rng = self.rng
        email, phone = o.email, o.phone
        if email and rng.random() < 0.35:
            email = f"{rng.choice(FIRST)}.{rng.choice(LAST)}{rng.randint(1, 999)}@posti.example.fi".lower()
        if phone and rng.random() < 0.3:
            phone = f"040 001 {rng.randint(0, 9999):04d}"
        return replace(
            o,
            email=email if rng.random() < shown else None,
            phone=phone if rng.random() < shown else None,
            website=o.website if rng.random() < shown else None,
            place=o.place if rng.random() < shown + 0.25 else None,
        )

    def _own_id(self, o: Organisation, share: float) -> str | None:
        """The organisation's own id in a share of cases; one in forty mistyped, so that its check digit fails."""
        if not o.business_id or self.rng.random() >= share:
            return None
        if self.rng.random() < 0.025:
            return o.business_id[:-1] + str((int(o.business_id[-1]) + 1) % 10)
        return o.business_id

    def _renamed(self, o: Organisation, share: float) -> Organisation:
        if self.rng.random() >= share:
            return o
        found = next(
            (
                p
                for group in ("chapters", "districts", "regional", "local")
                for p in patterns()[group]
                if p.get("umbrella") == o.umbrella and _fits(p["name"], o.name_fi)
            ),
            None,
        )
        code = o.place.municipality_code if o.place else None
        code = code or next((c for c, m in municipalities().items() if o.name_fi.startswith(f"{m.genitive_fi} ")), None)
        if found and code and not re.search("{village}|{topic}", found["name"]) and o.level == "local":
            town = municipalities()[code]
            pattern = self.rng.choice(found["variants"])
            return replace(o, name_fi=pattern.format(gen=town.genitive_fi, place=town.name_fi, region=REGION_GENITIVE))
        if found and o.level == "district":
            return replace(o, name_fi=self.rng.choice(found["variants"]).format(region=REGION_GENITIVE))
        return replace(o, name_fi=o.name_fi.removesuffix(" ry").removesuffix(" sr"))

    def _typo(self, o: Organisation, share: float) -> Organisation:
        if self.rng.random() >= share or len(o.name_fi) < 8:
            return o
        name = o.name_fi
        kind = self.rng.choice(("swap", "drop", "umlaut"))
        at = self.rng.randint(2, len(name) - 4)
        if kind == "swap":
            name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        elif kind == "drop":
            name = name[:at] + name[at + 1 :]
        else:
            name = name.translate(str.maketrans("äöÄÖ", "aoAO"))
        return replace(o, name_fi=name)


def _reaches_ptv(kind: str) -> bool:
    return kind in ("support", "hobby", "meeting_place")


def _fits(pattern: str, name: str) -> bool:
    """True when the fixed words of the pattern stand in the name."""
    fixed = [part.strip() for part in re.split("{gen}|{region}|{village}|{topic}", pattern)]
    return all(part in name for part in fixed if part)


def _unique(seen: list[Sighting]) -> list[Sighting]:
    """Platforms never give one id twice; a collision of the random ids moves the later one up."""
    taken: set[str] = set()
    out = []
    for s in seen:
        native = s.native_id
        while native in taken:
            native = str(int(native) + 1)
        taken.add(native)
        out.append(replace(s, native_id=native))
    return out
