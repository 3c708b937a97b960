"""What goes wrong with a record's particulars, one function each: numbers, ways to reach it, where it is.

`difficulty.yml` has the rates; `confusions.ALL` the order.
"""

import numpy as np

from benchmarks.observation import Records, business_ids


def umbrella_particulars(r: Records) -> None:
    """The umbrella's Y-tunnus, phone and e-mail on a chapter's record."""
    keys = sorted({b.family.key for b in r.bodies if b.family})
    number = {k: i for i, k in enumerate(keys)}
    family = np.array([number[b.family.key] if b.family else -1 for b in r.bodies])[r.body]
    ids = business_ids(np.random.default_rng(5).permutation(1_000_000)[: max(len(keys), 1)])
    own = {
        "business_id": ids,
        "phone": np.array([f"+35810{i:06d}" for i in range(len(keys))], dtype=object),
        "email": np.array([f"toimisto@{k}.example.fi" for k in keys], dtype=object),
    }
    chapters = r.of_kind(lambda b: b.kind in ("chapter", "district") and b.family)
    for column, values in own.items():
        rows = r.hit(f"umbrella_{column}", chapters)
        getattr(r.seen, column)[rows] = values[family[rows]]
        r.note(rows, f"umbrella_{column}")


def wrong_business_id(r: Records) -> None:
    """Another body's number (valid), or the right number with two digits swapped (it fails its check digit)."""
    has = r.seen.business_id != ""
    rows = r.hit("wrong_business_id", has)
    r.seen.business_id[rows] = r.true.business_id[r.rng.integers(0, len(r.bodies), len(rows))]
    r.note(rows, "wrong_business_id")
    rows = r.hit("mistyped_business_id", has)
    for i in rows.tolist():
        digits = r.seen.business_id[i]
        if digits:
            k = r.chance.randrange(1, 6)
            r.seen.business_id[i] = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
    r.note(rows, "mistyped_business_id")


def ptv_double(r: Records) -> None:
    """A body that PTV holds under its municipality's number."""
    chosen = np.flatnonzero(r.rng.random(len(r.bodies)) < r.rates["body"]["ptv_double"])
    rows = np.flatnonzero(np.isin(r.body, chosen) & (r.source == "ptv"))
    towns = sorted(r.world.towns)
    ids = business_ids(np.random.default_rng(6).permutation(1_000_000)[: len(towns)])
    of_town = dict(zip(towns, ids.tolist(), strict=True))
    for i in rows.tolist():
        r.seen.business_id[i] = of_town[r.bodies[r.body[i]].town]
    r.note(rows, "ptv_double")


def stale(r: Records) -> None:
    """A phone, an e-mail or a site of former times: nobody else has it."""
    for what, column, pattern in (
        ("stale_phone", "phone", "+35840{:07d}"), ("stale_email", "email", "vanha{}@example.org"),
        ("stale_site", "host", "vanha{}.example.fi"),
    ):  # fmt: skip
        values = getattr(r.seen, column)
        rows = r.hit(what, values != "")
        new = r.rng.integers(0, 10_000_000, len(rows)).tolist()
        values[rows] = np.array([pattern.format(n) for n in new], dtype=object)
        r.note(rows, what)


def moved(r: Records) -> None:
    """An address in another municipality: a near one for half."""
    rows = r.hit("moved", r.seen.town != "")
    for i in rows.tolist():
        near = r.world.near[r.bodies[r.body[i]].town]
        town = r.chance.choice(near if r.chance.random() < 0.5 and near else r.world.towns)
        r.seen.town[i] = town
        r.seen.postal[i] = r.chance.choice(r.world.postal[town] or ("",))
        r.seen.street[i] = "Entinenkatu 1" if r.seen.street[i] else ""
        r.seen.latitude[i] = r.seen.longitude[i] = np.nan
    r.note(rows, "moved")


def post_office_of_centre(r: Records) -> None:
    """A village's body under the postal code of the municipality's centre."""
    village = r.of_kind(lambda b: b.place and b.place.kind != "municipality") & (r.seen.postal != "")
    rows = r.hit("post_office_of_centre", village)
    for i in rows.tolist():
        r.seen.postal[i] = (r.world.postal.get(str(r.seen.town[i])) or ("",))[0]
    r.note(rows, "post_office_of_centre")


def nothing_but_a_name(r: Records) -> None:
    """No particular at all."""
    rows = r.hit("nothing_but_a_name")
    for column in ("business_id", "association_number", "phone", "email", "host", "street", "postal", "town"):
        getattr(r.seen, column)[rows] = ""
    r.seen.latitude[rows] = r.seen.longitude[rows] = np.nan
    for i in rows.tolist():
        r.other[i] = []
    r.legal_form[rows] = ""
    r.note(rows, "nothing_but_a_name")
