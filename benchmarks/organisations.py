# ruff: noqa: S311 - a seeded random is the point
"""Seeded, invented organisations with known truth, hard in the ways Finnish civil society is hard.

Chapters dominate; rival umbrellas share towns; umbrellas' numbers, phones, e-mails and web sites stand on chapter
records; offices are shared; three quarters of the records have no Y-tunnus; names are abbreviated, mistyped, in
capitals, without umlauts or in Swedish; some records moved to another municipality or have none.
"""

import random
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.transform import reference

SOURCES = ("lahella", "ptv", "yhdistysinfo", "tarjoomo", "csv", "olka")

CHAPTERS = {
    "mll": (
        "Mannerheimin Lastensuojeluliiton {g} yhdistys ry",
        ("MLL {g} yhdistys ry", "MLL:n {g} yhdistys", "MLL {n}"),
    ),
    "spr": ("Suomen Punaisen Ristin {g} osasto", ("SPR {g} osasto", "SPR {n}", "Punaisen Ristin {g} osasto")),
    "el": ("Eläkeliiton {g} yhdistys ry", ("Eläkeliitto {g} yhdistys", "Eläkeliitto {n}")),
    "ekl": ("{g} Eläkkeensaajat ry", ("EKL {n}", "EKL {g} Eläkkeensaajat")),
    "elakelaiset": ("{g} Eläkeläiset ry", ("Eläkeläiset ry {n}",)),
    "seniori": ("{g} senioriyhdistys ry", ("{g} seudun senioriyhdistys", "{g} Kansalliset Seniorit ry")),
    "sydan": ("{g} Sydänyhdistys ry", ("Sydänyhdistys {n}",)),
    "diabetes": ("{g} Diabetesyhdistys ry", ("{g} Diabetes ry",)),
    "invalidit": ("{g} Invalidit ry", ("{g} Invalidien yhdistys",)),
    "martat": ("{g} Martat ry", ("{g} Marttayhdistys ry", "Martat {n}")),
    "4h": ("{g} 4H-yhdistys ry", ("4H {n}",)),
    "vpk": ("{g} Vapaaehtoinen Palokunta ry", ("{g} VPK ry", "VPK {n}", "{g} vapaapalokunta")),
    "nmky": ("{g} NMKY ry", ("{g} Nuorten Miesten Kristillinen Yhdistys ry",)),
    "nnky": ("{g} NNKY ry", ("{g} Nuorten Naisten Kristillinen Yhdistys ry",)),
}
COMMON = (
    "Palloseura", "Omakotiyhdistys", "Metsästysseura", "Kotiseutuyhdistys", "Työttömät", "Urheilijat", "Mieskuoro",
    "Riistamiehet", "Taideyhdistys", "Kalastusseura", "Reserviläiset", "Sotaveteraanit", "Voimistelijat",
    "Yrittäjänaiset", "Kamerakerho", "Näyttelijät", "Soittokunta", "Kristillinen Koulu", "Purjehdusseura",
    "Maanpuolustuskerho",
)  # fmt: skip
SWEDISH = {"Palloseura": "Bollsällskap", "Mieskuoro": "Manskör", "Kotiseutuyhdistys": "Hembygdsförening",
           "Purjehdusseura": "Segelsällskap", "Taideyhdistys": "Konstförening"}  # fmt: skip
SYLLABLES = ("ka", "lo", "mi", "ruu", "tär", "vii", "söp", "hel", "nau", "ris", "pö", "ty", "jää", "kul", "men", "sar")
TAILS = ("yhdistys", "tuki", "talo", "verkosto", "seura", "toiminta", "kerho", "keskus")


@dataclass(slots=True)
class Body:
    """One invented organisation."""

    names: list[str]
    other: list[str]
    town: reference.Municipality | None
    form: str = "ry"
    family: str | None = None
    business_id: str | None = None
    phone: str = ""
    email: str = ""
    host: str = ""
    street: str = ""
    postal: str = ""
    swedish: list[str] = field(default_factory=list)


def business_id(rng: random.Random) -> str:
    """An invented Y-tunnus with a right check digit."""
    while True:
        digits = f"9{rng.randrange(10**6):06d}"
        rest = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{0 if rest == 0 else 11 - rest}"


def _typo(name: str, rng: random.Random) -> str:
    i = rng.randrange(1, len(name) - 1)
    return rng.choice(
        (name[:i] + name[i + 1 :], name[:i] + name[i] + name[i:], name[:i] + name[i + 1] + name[i] + name[i + 2 :])
    )


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 3, 3)))).capitalize()


def _bodies(rng: random.Random, n: int) -> list[Body]:
    towns = list(reference.municipalities().values())
    wanted: list[Body] = []
    seen: set[str] = set()
    while len(wanted) < n:
        t = rng.choice(towns)
        kind = rng.random()
        body: Body
        if kind < 0.55:
            family = rng.choice(list(CHAPTERS))
            village = f"{_word(rng)}kylän" if n > 4000 and rng.random() < 0.8 * (1 - 4000 / n) else ""
            g = village or t.genitive_fi
            name = CHAPTERS[family][0].format(g=g, n=t.name_fi)
            others = [o.format(g=g, n=t.name_fi) for o in CHAPTERS[family][1] if not (village and "{n}" in o)]
            body = Body([name], others or [name], t, family=family)
        elif kind < 0.75:
            core = rng.choice(COMMON)
            extra = f" {_word(rng)}" if n > 4000 and rng.random() < 1 - 4000 / n else ""
            body = Body([f"{t.genitive_fi}{extra} {core} ry"], [f"{t.genitive_fi}{extra} {core}"], t)
            if core in SWEDISH and not extra:
                body.swedish = [f"{t.name_sv} {SWEDISH[core]} rf"]
        elif kind < 0.93:
            word, tail = _word(rng), rng.choice(TAILS)
            body = Body([f"{word} {tail} ry"], [f"{word}{tail}", f"{word} ry", f"{t.genitive_fi} {word} {tail}"], t)
        elif kind < 0.97:
            word = _word(rng)
            for form, name in (("ry", f"{word} ry"), ("sr", f"{word} säätiö sr")):
                body = Body([name], [name.rsplit(" ", 1)[0] if form == "sr" else name], t, form=form)
                if form == "ry":
                    _fill(body, rng)
                    wanted.append(body)
        else:
            base = rng.choice(wanted) if wanted else Body(["Tarmo ry"], [], t)
            body = Body(
                [f"{base.names[0]} / {rng.choice(('nuorisojaosto', 'hiihtojaosto'))}"], [], base.town, base.form
            )
            body.email, body.host, body.phone = base.email, base.host, base.phone
        if body.names[0] in seen:
            continue
        seen.add(body.names[0])
        _fill(body, rng)
        wanted.append(body)
    return wanted


def _fill(body: Body, rng: random.Random) -> None:
    tag = f"{rng.randrange(10**7):07d}"
    body.business_id = business_id(rng) if rng.random() < 0.6 else None
    body.phone = body.phone or f"+35844{tag}"
    shared = body.family and rng.random() < 0.3
    body.email = body.email or (f"toimisto@{body.family}.example.fi" if shared else f"info{tag}@example.org")
    body.host = body.host or (
        f"{body.family}.example.fi" if body.family and rng.random() < 0.5 else f"y{tag}.example.fi"
    )
    office = rng.random() < 0.15
    assert body.town is not None
    body.street = "Järjestötalonkatu 1" if office else f"Katu{rng.randrange(400)} {rng.randrange(1, 60)}"
    body.postal = f"{int(body.town.code):03d}{'00' if office else rng.choice(('10', '20', '30'))}"


def _seen(
    body: Body, rng: random.Random, umbrellas: dict[str, str], towns: list[reference.Municipality]
) -> dict[str, object]:
    name = body.names[0]
    draw = rng.random()
    if draw < 0.3 and body.other:
        name = rng.choice(body.other)
    elif draw < 0.36 and body.swedish:
        name = body.swedish[0]
    if rng.random() < 0.1:
        name = name.removesuffix(" ry")
    if rng.random() < 0.08:
        name = _typo(name, rng)
    if rng.random() < 0.06:
        name = name.upper()
    if rng.random() < 0.03:
        name = name.translate(str.maketrans("äöÄÖ", "aoAO"))
    number = body.business_id if rng.random() < 0.4 else None
    if body.family and rng.random() < 0.03:
        number = umbrellas[body.family]
    town = body.town if rng.random() < 0.97 else rng.choice(towns)
    has_town = rng.random() < 0.88
    phone = body.phone if rng.random() < 0.75 else f"+35840{rng.randrange(10**7):07d}"
    return {
        "name": name,
        "other_names": [body.swedish[0]] if body.swedish and rng.random() < 0.3 else [],
        "legal_form": None,
        "business_id": number,
        "phones": [phone] if rng.random() < 0.5 else [],
        "emails": [body.email] if rng.random() < 0.45 else [],
        "hosts": [body.host] if rng.random() < 0.35 else [],
        "street_address": body.street if has_town and rng.random() < 0.5 else None,
        "postal_code": body.postal if has_town and town is body.town else None,
        "municipality_code": town.code if has_town and town else None,
    }


def synthetic(records: int, seed: int = 1) -> tuple[pa.Table, dict[str, int]]:
    """(about that many records in the columns of `dedupe.features.INPUT`, record id -> true organisation)."""
    rng = random.Random(seed)
    bodies = _bodies(rng, round(records / 2.3))
    towns = list(reference.municipalities().values())
    umbrellas = {f: business_id(rng) for f in CHAPTERS}
    rows: list[dict[str, object]] = []
    truth: dict[str, int] = {}
    for number, body in enumerate(bodies):
        for source in rng.sample(SOURCES, rng.choices((1, 2, 3, 4, 5), (28, 32, 25, 10, 5))[0]):
            record_id = f"{source}:{rng.randrange(10**9):09d}"
            truth[record_id] = number
            rows.append({"record_id": record_id, "source": source, **_seen(body, rng, umbrellas, towns)})
    rng.shuffle(rows)
    many = pa.list_(pa.string())
    table = pa.Table.from_pylist(rows)
    for column in ("other_names", "phones", "emails", "hosts"):
        i = table.schema.get_field_index(column)
        table = table.set_column(i, column, table.column(column).cast(many))
    return table, truth
