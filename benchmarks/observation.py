"""Records before anything goes wrong: which source saw which body, and which of its particulars it tells.

Everything is drawn in bulk; a column is an array with one entry per record, empty text meaning "does not tell".
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.bodies import Body
from benchmarks.geography import World
from pipeline.transform import reference

Rows = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]


def business_ids(numbers: npt.NDArray[np.int64]) -> Texts:
    """Invented Y-tunnus with right check digits: 9 and six digits. A number whose check is impossible is moved on."""
    weights = np.array([7, 9, 10, 5, 8, 4, 2])
    out = np.empty(len(numbers), dtype=object)
    left = np.arange(len(numbers))
    current = numbers.copy()
    while len(left):
        digits = (9_000_000 + current[left, None] % 1_000_000) // 10 ** np.arange(6, -1, -1) % 10
        rest = (digits * weights).sum(1) % 11
        good = rest != 1
        check = np.where(rest == 0, 0, 11 - rest)
        for i, c in zip(left[good].tolist(), check[good].tolist(), strict=True):
            out[i] = f"{9_000_000 + current[i] % 1_000_000}-{c}"
        left = left[~good]
        current[left] += 500_000
    return out


@dataclass(slots=True)
class Contacts:
    """What is true of each body; entries by body number."""

    business_id: Texts
    association_number: Texts
    phone: Texts
    email: Texts
    host: Texts
    street: Texts
    postal: Texts
    town: Texts
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]


@dataclass(slots=True)
class Records:
    """The records as they are being spoilt."""

    rng: np.random.Generator
    chance: random.Random
    rates: Mapping[str, Any]
    bodies: list[Body]
    true: Contacts
    world: World
    body: Rows
    source: Texts
    name: list[str]
    said: list[str]
    """The name before it was spoilt."""
    written_as: list[str]
    other: list[list[str]]
    seen: Contacts
    """What each record tells; entries by record."""
    legal_form: Texts
    entity: Rows
    notes: list[tuple[Rows, str]] = field(default_factory=list)

    def hit(self, what: str, among: npt.NDArray[np.bool_] | None = None) -> Rows:
        """Rows to spoil, by the rate of that name."""
        chosen = self.rng.random(len(self.body)) < self.rates["record"][what]
        return np.flatnonzero(chosen if among is None else chosen & among)

    def note(self, rows: Rows, what: str) -> None:
        """Remembers what was done, for whoever reads the errors."""
        self.notes.append((np.asarray(rows, dtype=np.int64), what))

    def of_kind(self, test: Callable[[Body], object]) -> npt.NDArray[np.bool_]:
        """Which records are of bodies that pass the test."""
        return np.array([bool(test(b)) for b in self.bodies])[self.body]


def contacts(bodies: list[Body], world: World, rates: Mapping[str, Any], rng: np.random.Generator) -> Contacts:
    """Numbers, phones, addresses of every body, with the sharing that is true: offices, contact persons, sisters."""
    n = len(bodies)
    share = rates["body"]
    tags = rng.permutation(max(n * 8, 1_000_000))[:n]
    family = [b.family.key if b.family else "" for b in bodies]
    chapter = np.array([b.kind == "chapter" for b in bodies])
    ids = business_ids(rng.permutation(1_000_000)[np.arange(n) % 1_000_000])
    ids[rng.random(n) >= share["has_business_id"]] = ""
    registered = np.array([b.form == "ry" for b in bodies])
    association = np.where(registered, (100_000 + rng.permutation(n)).astype(str).astype(object), "")
    phone = np.array([f"+35844{t:07d}" for t in tags.tolist()], dtype=object)
    site = chapter & (rng.random(n) < share["umbrella_site"])
    umbrellas_host = np.array([f"{k}.example.fi" for k in family], dtype=object)
    host = np.where(site, umbrellas_host, np.array([f"y{t}.example.fi" for t in tags.tolist()], dtype=object))
    kind = rng.random(n)
    email = np.array([f"posti{t}@example.org" for t in tags.tolist()], dtype=object)
    email = np.where((kind < 0.45) & ~site, "toimisto@" + host, email)
    email = np.where(site & (kind < 0.5), "os" + tags.astype(str).astype(object) + "@" + umbrellas_host, email)
    town = np.array([b.town for b in bodies], dtype=object)
    codes = [world.postal.get(t) or ("",) for t in town]
    postal = np.array([c[int(r * len(c))] for c, r in zip(codes, rng.random(n).tolist(), strict=True)], dtype=object)
    village = np.array([bool(b.place and b.place.kind != "municipality" and b.place.postal) for b in bodies])
    postal[village] = [bodies[i].place.postal for i in np.flatnonzero(village)]  # type: ignore[union-attr]
    street = np.array(
        [
            f"{w}katu {h}"
            for w, h in zip(rng.choice(_STREETS, n).tolist(), rng.integers(1, 80, n).tolist(), strict=True)
        ],
        dtype=object,
    )
    towns = reference.municipalities()
    spread = rng.normal(0, 0.03, (2, n))
    out = Contacts(
        ids, association, phone, email, host, street, postal, town,
        np.array([towns[t].latitude for t in town]) + spread[0],
        np.array([towns[t].longitude for t in town]) + spread[1],
    )  # fmt: skip
    for number, body in enumerate(bodies):
        if body.parent >= 0 and rng.random() < 0.6:
            _copy(out, body.parent, number, ("phone", "email", "host", "street", "postal"))
    _offices(out, rng, share["office_shared_by_20"])
    _contact_persons(out, rng, share["contact_person_of_two"])
    return out


_STREETS = (
    "Asema Kauppa Koulu Kirkko Puisto Tehtaan Ranta Mäki Torin Satama Myllyn Pellon Hallitus Keskus Vuori".split()
)


def _copy(true: Contacts, source: int, goal: int, columns: tuple[str, ...]) -> None:
    for column in columns:
        getattr(true, column)[goal] = getattr(true, column)[source]


def _offices(true: Contacts, rng: np.random.Generator, share: float) -> None:
    """Houses of associations: twenty bodies of a town at one address, a fifth of them on one phone."""
    inside = np.flatnonzero(rng.random(len(true.town)) < share)
    inside = inside[np.argsort(true.town[inside], kind="stable")]
    for start in range(0, len(inside), 20):
        group = [i for i in inside[start : start + 20].tolist() if true.town[i] == true.town[inside[start]]]
        for i in group[1:]:
            _copy(true, group[0], i, ("street", "postal", "latitude", "longitude"))
            if rng.random() < 0.2:
                true.phone[i] = true.phone[group[0]]


def _contact_persons(true: Contacts, rng: np.random.Generator, share: float) -> None:
    """One person is the contact of two bodies of a town, by a phone and an e-mail of her own."""
    chosen = np.flatnonzero(rng.random(len(true.town)) < share)
    chosen = chosen[np.argsort(true.town[chosen], kind="stable")]
    for one, other in zip(chosen[::2].tolist(), chosen[1::2].tolist(), strict=False):
        if true.town[one] == true.town[other]:
            _copy(true, one, other, ("phone", "email"))


def observed(
    bodies: list[Body], true: Contacts, world: World, rates: Mapping[str, Any], records: int, seed: int
) -> Records:
    """Clean records: each body in one to five sources, each source telling what it usually tells."""
    rng, chance = np.random.default_rng((seed, 2)), random.Random(seed)
    per_body = rates["records_per_body"]
    counts = rng.choice(list(per_body), len(bodies), p=np.array(list(per_body.values())) / sum(per_body.values()))
    sources = rates["sources"]
    names = list(sources)
    weight = np.array([s["weight"] for s in sources.values()], dtype=float)
    # The sources of a body are drawn without repetition: the largest of weighted random keys (Efraimidis, Spirakis).
    keys = rng.random((len(bodies), len(names))) ** (1 / weight)
    order = np.argsort(-keys, axis=1)
    body = np.repeat(np.arange(len(bodies)), counts)
    nth = np.arange(len(body)) - np.repeat(np.cumsum(counts) - counts, counts)
    source = order[body, nth]
    twice = np.flatnonzero(rng.random(len(body)) < rates["duplicate_inside_source"])
    body, source = np.concatenate([body, body[twice]]), np.concatenate([source, source[twice]])
    shuffled = rng.permutation(len(body))[:records]
    body, source = body[shuffled], source[shuffled]

    def told(what: str, values: Any) -> Any:
        share = np.array([s[what] for s in sources.values()])[source]
        return np.where(rng.random(len(body)) < share, values[body], np.nan if values.dtype == float else "")

    where = told("municipality", true.town)
    street = np.where(where != "", told("street", true.street), "")
    seen = Contacts(
        told("business_id", true.business_id), told("association_number", true.association_number),
        told("phone", true.phone), told("email", true.email), told("host", true.host), street,
        np.where(where != "", true.postal[body], ""), where,
        told("coordinates", true.latitude), np.zeros(0),
    )  # fmt: skip
    seen.longitude = np.where(np.isnan(seen.latitude), np.nan, true.longitude[body])
    count = len(body)
    return Records(
        rng, chance, rates, bodies, true, world, body, np.array(names, dtype=object)[source],
        [""] * count, [""] * count, [""] * count, [[] for _ in range(count)], seen,
        np.full(count, "", dtype=object), body.copy(),
    )  # fmt: skip
