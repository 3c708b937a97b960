"""Texts of Vapaaehtoistyö.fi in several languages, and what of their free text may be handed on.

A text is a string, an object by language, or such an object written out as a string (`{"fi":"Herättäjäjuhlat"}`).
Which languages and role words there are stands in `source.yml`.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

_EMAIL = re.compile(r"[\w.+'%-]+\s?(?:@|\(at\)|\[at\]|\(ät\)|\[ät\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_AT = re.compile(r"\s?(?:@|\(at\)|\[at\]|\(ät\)|\[ät\])\s?", re.IGNORECASE)
FEWEST_DIGITS = 7
"""A phone number with its area code has at least so many, a postal code before a house number has not."""
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+\s?\d{1,3}|00358|\(?0)[\d\s()/-]{5,16}\d(?![\w-])")
"""Begins with 0 or a country prefix, so that years, times and sums are no numbers."""


def multilingual(value: Any, languages: Mapping[str, str], plain: str | None) -> list[tuple[str | None, str]]:
    """Language and text, in the order of `languages`; a language that is not there keeps the platform's key.

    `plain` is the language of a text that comes without one. Anything that is no text is left out.
    """
    if isinstance(value, str):
        unpacked = _object(value)
        if unpacked is None:
            return [(plain, value)] if value.strip() else []
        value = unpacked
    if not isinstance(value, Mapping):
        return []
    order = [*languages, *sorted(str(key) for key in value if key not in languages)]
    found: dict[str, str] = {}
    for key in order:
        text = value.get(key)
        if isinstance(text, str) and text.strip():
            found.setdefault(languages.get(key, key), text)
    return list(found.items())


def _object(text: str) -> Mapping[str, Any] | None:
    """The object that a string spells out; null for any other string."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def texts_in(value: Any) -> Iterator[str]:
    """Every text inside a value of any shape."""
    if isinstance(value, str):
        unpacked = _object(value)
        if unpacked is None:
            yield value
        else:
            yield from texts_in(unpacked)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


class Privacy:
    """Tells desks of an organisation from persons, by the lists of `source.yml`."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._roles = frozenset(str(settings["role_words"]).split())
        self._free_mail = frozenset(str(settings["free_mail"]).split())
        self._hidden = str(settings["hidden"])

    def is_role(self, address: str) -> bool:
        """True when every word before the @ is a role word and the mailbox is not of a provider for everybody.

        `vapaaehtoistoiminta@` is a desk; `maija.info@`, `m.malli@` and `info@gmail.com` may be a person.
        """
        local, _, domain = _AT.sub("@", address).casefold().partition("@")
        if domain in self._free_mail:
            return False
        words = [word for word in re.split(r"[._+\-\d]+", _folded(local)) if word]
        return bool(words) and all(word in self._roles for word in words)

    def role_addresses(self, text: str) -> list[str]:
        """The addresses in a free text that are plainly an organisation's, verbatim."""
        return [found for found in _EMAIL.findall(text) if self.is_role(found)]

    def without_persons(self, text: str) -> str:
        """The text with addresses of persons and all phone numbers hidden."""
        text = _EMAIL.sub(lambda m: m.group() if self.is_role(m.group()) else self._hidden, text)
        return _PHONE.sub(lambda m: self._hidden if _digits(m.group()) >= FEWEST_DIGITS else m.group(), text)

    def is_nothing_but(self, text: str, addresses: list[str]) -> bool:
        """True when the text says nothing beyond these addresses."""
        for address in addresses:
            text = text.replace(address, " ")
        return not any(sign.isalnum() for sign in text)


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def _folded(text: str) -> str:
    """Without the dots of ä and ö, as addresses are written."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
