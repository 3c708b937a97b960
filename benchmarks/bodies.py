"""Invents organisations: who they are, what they are called, whom they belong to. How they are seen comes later.

Within one world no name, in any of its forms, belongs to two bodies, except local abbreviations (KuPS), which are
unique within a municipality: what is confused later was clear to those who know the body.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from benchmarks.geography import Place, World
from benchmarks.vocabulary import Family, families, more_families, words
from pipeline.transform import reference


@dataclass(slots=True)
class Body:
    """One invented organisation."""

    formal: str
    usual: tuple[str, ...]
    short: tuple[str, ...]
    swedish: tuple[str, ...]
    kind: str
    form: str
    town: str
    place: Place | None
    family: Family | None = None
    parent: int = -1
    """Number of the body that this one is a sister or a brand fellow of."""


_GENITIVES = (
    ("ys", "yksen"), ("us", "uksen"), ("at", "ien"), ("ät", "ien"), ("et", "ien"), ("it", "ien"), ("tuki", "tuen"),
    ("liitto", "liiton"), ("mieli", "mielen"), ("kunta", "kunnan"), ("kieli", "kielen"), ("juuri", "juuren"),
)  # fmt: skip


def _genitive(name: str) -> str:
    """The genitive of a body's name, near enough: yhdistys, yhdistyksen; Invalidit, Invalidien."""
    for ending, inflected in _GENITIVES:
        if name.endswith(ending):
            return name.removesuffix(ending) + inflected
    return f"{name}n" if name[-1] in "aeiouyäö" else f"{name}in"


class Maker:
    """Invents bodies of one world, each once."""

    def __init__(self, rng: random.Random, world: World, mix: Mapping[str, Any]) -> None:
        self.rng, self.world, self.mix = rng, world, mix
        self.bodies: list[Body] = []
        self._taken: set[str] = set()
        self._more = more_families(rng)
        self._families = {k: [f for f in families() if f.known is k] for k in (True, False)}
        self._weights = {k: list(accumulate(f.weight for f in pool)) for k, pool in self._families.items()}
        self._swedish = [p for kind in world.places.values() for p in kind if p.swedish]
        self._limit = 0
        self._kinds: dict[str, Callable[[], bool]] = {
            "chapter": self.chapter, "local": self.local, "own_name": self.own_name, "acronym": self.acronym,
            "brand": self.brand, "sister": self.sister, "parish": self.parish,
        }  # fmt: skip

    def make(self, wanted: int) -> list[Body]:
        """That many bodies. Where the words of a kind are used up, another chapter is made of a new family."""
        self._limit = wanted
        self.umbrellas(int(wanted * 0.06))
        names, weights = zip(*((k, w) for k, w in self.mix["bodies"].items()), strict=True)
        while len(self.bodies) < wanted:
            for kind in self.rng.choices(names, weights, k=min(1000, wanted - len(self.bodies))):
                if not any(self._kinds[kind]() for _ in range(4)):
                    self._families[False].append(next(self._more))
                    self._weights[False].append(self._weights[False][-1] + self._families[False][-1].weight)
                    self.chapter()
        del self.bodies[wanted:]
        return self.bodies

    def add(self, body: Body, local_short: bool = False) -> bool:
        """Keeps a body whose formal name is free; forms of its name that are another's already are dropped."""

        def key(name: str) -> str:
            return name.casefold().replace(" ry", "").replace(" rf", "").replace(",", "").replace(" - ", " ")

        if key(body.formal) in self._taken:
            return False
        scope = f"|{body.town}" if local_short else ""
        forms = {}
        for attribute, suffix in (("usual", ""), ("short", scope), ("swedish", "")):
            texts = getattr(body, attribute)
            forms[attribute] = [t for t in texts if key(t) + suffix not in self._taken]
            setattr(body, attribute, tuple(forms[attribute]))
        self._taken.add(key(body.formal))
        self._taken.update(key(t) + (scope if a == "short" else "") for a, texts in forms.items() for t in texts)
        self.bodies.append(body)
        return True

    def town(self) -> Place:
        return self.world.of_town[self.rng.choice(self.world.towns)]

    def any_place(self) -> Place:
        shares = self.mix["chapter_place"]
        kind = self.rng.choices(list(shares), list(shares.values()))[0]
        if self._swedish and self.rng.random() < self.mix["swedish_place"]:
            return self.rng.choice(self._swedish)
        return self.rng.choice(self.world.places[kind] or self.world.places["municipality"])

    def umbrellas(self, most: int) -> None:
        """National and district bodies of the families, beside their chapters."""
        regions = reference.regions()
        here = sorted({reference.municipalities()[t].region_code for t in self.world.towns})
        for f in families():
            short: tuple[str, ...] = (f"{f.abbreviation} ry", f.abbreviation) if len(f.abbreviation) > 2 else ()
            usual: tuple[str, ...] = (
                (f.national.removesuffix(f" {f.abbreviation} ry"),) if f.abbreviation in f.national.split() else ()
            )
            town = self.rng.choice(self.world.towns)
            self.add(Body(f.national, usual, short, (), "national", "ry", town, None, f))
            for code in here if "{G}" in f.district else ():
                name = f.district.replace("{G}", regions[code].genitive_fi)
                seat = self.rng.choice(
                    [t for t in self.world.towns if reference.municipalities()[t].region_code == code]
                )
                usual = (name.replace(" piiri ry", " piirijärjestö"),) if " piiri ry" in name else ()
                short = (f"{f.abbreviation} {regions[code].name_fi}",) if f.abbreviation else ()
                self.add(Body(name, usual, short, (), "district", "ry", seat, None, f))
        if len(self.bodies) > most:
            self.bodies = self.rng.sample(self.bodies, most)

    def chapter(self) -> bool:
        """A chapter of an umbrella: the same name in every town."""
        known = self.rng.random() < self.mix["known_family"]
        family = self.rng.choices(self._families[known], cum_weights=self._weights[known])[0]
        place = self.any_place()
        if family.language == "sv" and not place.swedish:
            return False

        def fill(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(t.format(g=place.genitive, n=place.name, s=place.swedish) for t in texts)

        formal = fill((family.formal,))[0]
        swedish = fill(family.swedish) if place.swedish else ()
        form = "ry" if formal.endswith((" ry", " rf")) else ""
        return self.add(Body(formal, fill(family.usual), fill(family.short), swedish, "chapter", form,
                             place.code, place, family))  # fmt: skip

    def local(self) -> bool:
        """A club of one place; half of them with a word of their own, for a town has several."""
        place = self.any_place()
        topic, letters, swedish = self.rng.choice(words()["topics"])
        own = f" {self.word()}" if self.rng.random() < (0.2 if self._limit < 10_000 else 0.45) else ""
        formal = f"{place.genitive}{own} {topic} ry"
        initials = place.name[0] + (place.name[1:2].lower() if len(letters) < 3 else "") + (own.strip()[:1]) + letters
        short = (initials, f"{initials} ry") if letters else ()
        usual = (f"{topic} {place.name}{own}", f"{place.genitive} seudun{own} {topic}")
        parallel = (f"{place.swedish}{own} {swedish} rf",) if swedish and place.swedish else ()
        return self.add(Body(formal, usual, short, parallel, "local", "ry", place.code, place), local_short=True)

    def own_name(self) -> bool:
        """A body with a name of its own."""
        place, word, tail = self.town(), self.word(), self.rng.choice(words()["tails"])
        formal = self.rng.choice((f"{word} {tail} ry", f"{word}{tail} ry", f"{place.genitive} {word}{tail} ry"))
        bare = formal.removesuffix(" ry").removeprefix(f"{place.genitive} ")
        usual = (f"{word}-{tail}", f"{bare} {place.name}", f"{place.genitive} {bare} ry")
        return self.add(Body(formal, tuple(u for u in usual if u != formal), (f"{word} ry",), (),
                             "own_name", "ry", place.code, place))  # fmt: skip

    def acronym(self) -> bool:
        """A body that people know by its initials: "Pohjois-Savon Perhehoidon Tuki ry", PSPT."""
        town = self.rng.choice(self.world.towns)
        region = reference.regions()[reference.municipalities()[town].region_code]
        lead = self.rng.choice((region.genitive_fi, self.world.of_town[town].genitive, "Suomen"))
        middle = [self.rng.choice(words()["acronym_first"])]
        if self.rng.random() < 0.6:
            middle.insert(0, self.word() + "n")
        name = " ".join((lead, *middle, self.rng.choice(words()["acronym_second"])))
        letters = "".join(w[0] for w in name.replace("-", " ").split()).upper()
        place = self.world.of_town[town] if lead == self.world.of_town[town].genitive else None
        return self.add(
            Body(f"{name} ry", (f"{name} {letters} ry", f"{letters} - {name}"), (f"{letters} ry", letters), (),
                 "acronym", "ry", town, place), local_short=True)  # fmt: skip

    def brand(self) -> bool:
        """One brand in several legal forms: bodies that share everything but their nature."""
        place, word = self.town(), f"{self.word()}{self.rng.choice(('koti', 'tukeva', 'mieli', ''))}"
        first = len(self.bodies)
        forms = {"ry": (f"{word} ry", f"{word}-yhdistys"), "sr": (f"{word}-säätiö sr", f"{word}säätiö"),
                 "oy": (f"{word} Oy", f"{word}-palvelut Oy"), "osk": (f"Osuuskunta {word}", f"{word} osk")}  # fmt: skip
        made = False
        for form in self.rng.sample(list(forms), self.rng.choice((2, 2, 3, 4))):
            formal, usual = forms[form]
            parent = first if made else -1
            made |= self.add(Body(formal, (usual,), (), (), "brand", form, place.code, place, parent=parent))
        return made

    def sister(self) -> bool:
        """The youth body, support body or veterans' body of another: registered by itself, run by the same people."""
        if not self.bodies:
            return False
        parent = self.rng.randrange(len(self.bodies))
        base = self.bodies[parent]
        bare = base.formal.removesuffix(" ry").removesuffix(" rf")
        if (
            base.kind in ("sister", "brand", "parish", "district")
            or not bare[-1].isalpha()
            or base.formal.endswith("rf")
        ):
            return False
        ending = self.rng.choice(words()["sisters"])
        return self.add(Body(ending.replace("{X}n", _genitive(bare)), (), (), (), "sister", "ry", base.town, base.place,
                             base.family, parent))  # fmt: skip

    def parish(self) -> bool:
        """A parish or a parish union: public bodies and free churches of one town."""
        place = self.any_place()
        pattern = self.rng.choice(words()["parishes"])
        form = "ry" if pattern.endswith("ry") else "srk"
        swedish = (f"{place.swedish} församling",) if place.swedish and pattern == "{g} seurakunta" else ()
        name = pattern.format(g=place.genitive)
        usual = (name.replace(" seurakunta", " ev.lut. seurakunta"),) if pattern == "{g} seurakunta" else ()
        return self.add(Body(name, usual, (), swedish, "parish", form, place.code, place))

    def word(self) -> str:
        """An invented word of two or three syllables."""
        syllables = self.rng.choices(words()["syllables"], k=self.rng.choice((2, 3, 3)))
        return "".join(syllables).capitalize()
