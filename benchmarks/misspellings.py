"""What happens to a name between its owner and a list: pure functions from a name to a spoilt name.

Each takes the name and a source of chance and gives the name back unchanged where there is nothing to spoil.
"""

import random
import re

_FORM = re.compile(r" (?:ry|rf)(?=$|[,(/ ])")


def typo(name: str, rng: random.Random) -> str:
    """One letter lost, doubled, swapped with the next or hit beside; never the first letter, never a digit."""
    letters = [i for i in range(1, len(name) - 1) if name[i].isalpha()]
    if len(letters) < 3:
        return name
    i = rng.choice(letters)
    kind = rng.randrange(4)
    if kind == 0:
        return name[:i] + name[i + 1 :]
    if kind == 1:
        return name[:i] + name[i] + name[i:]
    if kind == 2:
        return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
    return name[:i] + rng.choice("aeionstlkr") + name[i + 1 :]


def lost_umlauts(name: str, _: random.Random) -> str:
    """ä, ö and å without their marks."""
    return name.translate(str.maketrans("äöåÄÖÅ", "aoaAOA"))


def mojibake(name: str, rng: random.Random) -> str:
    """UTF-8 read as Windows-1252, or the letters replaced by a question mark or a replacement sign."""
    kind = rng.randrange(4)
    if kind < 2:
        return name.encode("utf-8").decode("cp1252", errors="replace")
    return re.sub("[äöåÄÖÅ]", "?" if kind == 2 else "�", name)


def capitals(name: str, _: random.Random) -> str:
    """All in capitals."""
    return name.upper()


def small_letters(name: str, _: random.Random) -> str:
    """All in small letters."""
    return name.lower()


def spacing(name: str, rng: random.Random) -> str:
    """Stray blanks, quotes, a full stop, other dashes."""
    kind = rng.randrange(5)
    if kind == 0:
        return name.replace(" ", "  ", 1)
    if kind == 1:
        return f" {name} "
    if kind == 2:
        return f'"{name}"'
    if kind == 3:
        return name.replace("-", " - ") if "-" in name else f"{name}."
    return name.replace(" ", "\u00a0", 1)


def legal_form_absent(name: str, _: random.Random) -> str:
    """Without "ry" or "rf"; a foundation or a company keeps its form, for it tells bodies of one brand apart."""
    return _FORM.sub("", name)


def legal_form_inflected(name: str, rng: random.Random) -> str:
    """The form written in another way."""
    finnish = ("r.y.", "ry.", "RY", "rekisteröity yhdistys", "reg.yhd.", "-yhdistys ry", "ry:n")
    swedish = ("r.f.", "rf.", "RF", "registrerad förening")

    def other(match: re.Match[str]) -> str:
        form = rng.choice(swedish if match[0] == " rf" else finnish)
        return " ry" if form.startswith("-") else f" {form}"

    return _FORM.sub(other, name, count=1)


def legal_form_first(name: str, _: random.Random) -> str:
    """ "Ry Kuopion Martat"."""
    found = _FORM.search(name)
    return f"{found[0].strip().capitalize()} {_FORM.sub('', name, count=1)}" if found else name
