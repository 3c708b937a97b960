"""What goes wrong with a record's name, one function each; `ALL` is the order of all.

Belongs here: what needs the body, its umbrella or its town. Spoilt letters live in `misspellings`, numbers and
addresses in `particulars`.
"""

import numpy as np
import numpy.typing as npt

from benchmarks import misspellings, particulars
from benchmarks.observation import Records
from benchmarks.vocabulary import words


def choose_names(r: Records) -> None:
    """Formal, usual, short or Swedish: which of its names the record carries. One draw decides."""
    share = r.rates["names"]
    draw, swedish = r.rng.random(len(r.body)).tolist(), r.rng.random(len(r.body)).tolist()
    for i, number in enumerate(r.body.tolist()):
        body = r.bodies[number]
        if body.swedish and swedish[i] < share["swedish"]:
            kind, names = "swedish", body.swedish
        elif draw[i] < share["usual"]:
            kind, names = "usual", body.usual
        elif draw[i] < share["usual"] + share["short"]:
            kind, names = "short", body.short
        else:
            kind, names = "formal", ()
        r.name[i] = r.chance.choice(names) if names else body.formal
        r.written_as[i] = kind if names else "formal"
    r.said = list(r.name)


def renamed(r: Records) -> None:
    """A body that changed its name: a third of its records know the old one, half of those tell both."""
    chosen = np.flatnonzero(r.rng.random(len(r.bodies)) < r.rates["body"]["renamed"])
    old = {}
    for number in chosen.tolist():
        body = r.bodies[number]
        if body.kind in ("local", "own_name") and body.place:
            word = "".join(r.chance.choices(words()["syllables"], k=3)).capitalize()
            old[number] = f"{body.place.genitive} {word} ry"
    rows = [i for i in np.flatnonzero(np.isin(r.body, list(old))).tolist() if r.chance.random() < 0.34]
    for i in rows:
        former = old[int(r.body[i])]
        kind = r.chance.randrange(4)
        if kind == 0:
            r.name[i] = f"{r.name[i]} (ent. {former})"
        elif kind == 1:
            r.other[i].append(former)
        else:
            r.said[i] = r.name[i] = former
    r.note(np.array(rows), "renamed")


def other_names(r: Records) -> None:
    """A second name in its own cell."""
    for i in r.hit("other_name").tolist():
        body = r.bodies[r.body[i]]
        if names := [n for n in (*body.usual, *body.short, body.formal) if n != r.name[i]]:
            r.other[i].append(r.chance.choice(names))
    for i in r.hit("swedish_as_other_name", r.of_kind(lambda b: b.swedish)).tolist():
        if r.written_as[i] != "swedish":
            r.other[i].append(r.bodies[r.body[i]].swedish[0])


def bilingual_cell(r: Records) -> None:
    """Both names in one cell."""
    rows = r.hit("bilingual_cell", r.of_kind(lambda b: b.swedish))
    for i in rows.tolist():
        body = r.bodies[r.body[i]]
        r.name[i] = r.chance.choice((" - ", " / ", " – ")).join((body.formal, body.swedish[0]))
    r.note(rows, "bilingual_cell")


def _place_rows(r: Records, what: str) -> list[int]:
    """Rows to spoil whose name starts with, or holds, the genitive of the body's place."""
    return [i for i in r.hit(what).tolist() if (p := r.bodies[r.body[i]].place) and f"{p.genitive} " in r.name[i]]


def genitive_to_nominative(r: Records) -> None:
    """ "Kuopio Martat" for "Kuopion Martat"."""
    rows = _place_rows(r, "genitive_to_nominative")
    for i in rows:
        place = r.bodies[r.body[i]].place
        assert place
        r.name[i] = r.name[i].replace(f"{place.genitive} ", f"{place.name} ", 1)
    r.note(np.array(rows), "genitive_to_nominative")


def place_to_end(r: Records) -> None:
    """ "Martat Kuopion ry", "Martat ry, Kuopio"."""
    rows = _place_rows(r, "place_to_end")
    for i in rows:
        place = r.bodies[r.body[i]].place
        assert place
        rest = r.name[i].replace(f"{place.genitive} ", "", 1)
        form = next((f for f in (" ry", " rf") if rest.endswith(f)), "")
        bare = rest.removesuffix(form)
        r.name[i] = r.chance.choice((f"{bare} {place.genitive}{form}", f"{bare}{form}, {place.name}"))
    r.note(np.array(rows), "place_to_end")


def village_as_municipality(r: Records) -> None:
    """The municipality in the name where the body names its village, unless another body has that name."""
    formals = {b.formal for b in r.bodies} | {n for b in r.bodies for n in (*b.usual, *b.short)}
    rows = []
    for i in r.hit("village_as_municipality", r.of_kind(lambda b: b.place and b.place.kind != "municipality")).tolist():
        body = r.bodies[r.body[i]]
        town = r.world.of_town.get(body.town)
        assert body.place
        if town and body.formal.replace(body.place.genitive, town.genitive) not in formals:
            r.name[i] = r.name[i].replace(body.place.genitive, town.genitive).replace(body.place.name, town.name)
            rows.append(i)
    r.note(np.array(rows), "village_as_municipality")


def appended(r: Records) -> None:
    """The place or the umbrella's abbreviation behind the name."""
    for i in r.hit("place_appended").tolist():
        if place := r.bodies[r.body[i]].place:
            r.name[i] += r.chance.choice((f", {place.name}", f" ({place.name})", f" / {place.name}"))
    for i in r.hit("abbreviation_appended").tolist():
        family = r.bodies[r.body[i]].family
        if family and family.abbreviation and r.written_as[i] != "short":
            r.name[i] += f" ({family.abbreviation})"


def section(r: Records) -> None:
    """A section without a legal form of its own is the body it belongs to."""
    rows = r.hit("section", r.of_kind(lambda b: b.kind in ("local", "chapter") and b.formal.endswith(" ry")))
    for i in rows.tolist():
        what = r.chance.choice(words()["sections"])
        kind = r.chance.randrange(4)
        r.name[i] += (f" / {what}", f", {what}", f" - {what}", f" {what}")[kind]
    r.note(rows, "section")


def spelling(r: Records) -> None:
    """Every misspelling at its rate."""
    for what in (
        "legal_form_absent", "legal_form_inflected", "legal_form_first", "typo", "second_typo", "lost_umlauts",
        "mojibake", "capitals", "small_letters", "spacing",
    ):  # fmt: skip
        spoil = misspellings.typo if what == "second_typo" else getattr(misspellings, what)
        rows = []
        # The form is all that tells the bodies of one brand apart: without it nobody could.
        among = r.of_kind(lambda b: b.kind != "brand") if what in ("legal_form_absent", "legal_form_first") else None
        for i in r.hit(what, among).tolist():
            new = spoil(r.name[i], r.chance)
            if new != r.name[i]:
                r.name[i] = new
                rows.append(i)
        r.note(np.array(rows), what)


def several_in_one_cell(r: Records) -> None:
    """Two organisations in one cell are neither: such a record is an entity of its own."""
    rows = r.hit("several_in_one_cell")
    for number, i in enumerate(rows.tolist()):
        other = r.bodies[r.chance.randrange(len(r.bodies))]
        r.name[i] = r.chance.choice((f"{r.name[i]}, {other.formal}", f"{r.name[i]} ja {other.formal}",
                                     f"{r.name[i]}; {other.formal}"))  # fmt: skip
        r.entity[i] = len(r.bodies) + number
        for column in ("business_id", "association_number", "phone", "email", "host"):
            getattr(r.seen, column)[i] = ""
    r.note(rows, "several_in_one_cell")


def legal_form_column(r: Records) -> None:
    """Some lists have a column for the form."""
    rows = r.hit("legal_form_column")
    for i in rows.tolist():
        r.legal_form[i] = r.bodies[r.body[i]].form


ALL = (
    choose_names, renamed, other_names, bilingual_cell, genitive_to_nominative, place_to_end, village_as_municipality,
    appended, section, spelling, legal_form_column, particulars.umbrella_particulars, particulars.wrong_business_id,
    particulars.ptv_double, particulars.stale, particulars.moved, particulars.post_office_of_centre,
    several_in_one_cell, particulars.nothing_but_a_name,
)  # fmt: skip


def solvable(r: Records) -> npt.NDArray[np.bool_]:
    """Whether a reader who knows every body could name the one: by the name, or by the name and the true town.

    Misspelt letters are taken to be readable; a name that several bodies have is not, without the town.
    """
    holders: dict[str, set[int]] = {}
    for number, body in enumerate(r.bodies):
        for name in (body.formal, *body.usual, *body.short, *body.swedish):
            holders.setdefault(name, set()).add(number)
    out = np.zeros(len(r.body), dtype=bool)
    for i, (number, name) in enumerate(zip(r.body.tolist(), r.said, strict=True)):
        known = holders.get(name, ())
        body = r.bodies[number]
        in_town = r.seen.town[i] == body.town and sum(r.bodies[b].town == body.town for b in known) == 1
        out[i] = number in known and (len(known) == 1 or in_town)
    return out


def confusions_of(r: Records) -> list[list[str]]:
    """Per record what was done to it."""
    out: list[list[str]] = [[] for _ in r.name]
    for rows, what in r.notes:
        for i in np.asarray(rows, dtype=np.int64).tolist():
            out[i].append(what)
    return out
