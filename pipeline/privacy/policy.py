"""The rules of publication as a coordinator writes them: `publication.yml` and `hidden_addresses.yml`.

Decides of single values: is this mailbox a desk's or a person's, is this a mobile number, does this name speak of a
place of refuge. Which rows that concerns is decided in `publication`; what stands in running text in `scan`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.shipped import shipped
from pipeline.transform.names import ascii_fold

HERE = Path(__file__).parent
_FIRST_LAST = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]{2,})?[._][^\W\d_]{2,}(?:-[^\W\d_]{2,})?")


@dataclass(frozen=True, slots=True)
class Policy:
    """Both files, ready to use."""

    mobile_prefixes: tuple[str, ...]
    webmail_hosts: frozenset[str]
    desk_mailboxes: frozenset[str]
    hidden_words: tuple[str, ...]
    exceptions: tuple[str, ...]
    service_classes: frozenset[str]

    def is_mobile(self, number: str) -> bool:
        """True for a Finnish mobile number in E.164."""
        return number.startswith(tuple(f"+358{prefix}" for prefix in self.mobile_prefixes))

    def is_desk(self, address: str) -> bool:
        """True when the mailbox is named for a task (info@, toimisto.kuopio@)."""
        return re.split(r"[-_.+]|\d", address.partition("@")[0])[0] in self.desk_mailboxes

    def is_webmail(self, address: str) -> bool:
        """True when the address is with a provider of private mailboxes."""
        return address.rpartition("@")[2] in self.webmail_hosts

    def may_be_personal(self, address: str) -> bool:
        """True for the forms that people's own addresses have: firstname.lastname@, or a private mailbox."""
        if self.is_desk(address):
            return False
        return self.is_webmail(address) or bool(_FIRST_LAST.fullmatch(address.partition("@")[0]))

    def hidden_name(self) -> str:
        """A pattern of RE2 for names of places whose address is hidden; `shown_name` holds the exceptions."""
        return _pattern(self.hidden_words)

    def shown_name(self) -> str:
        """A pattern of RE2 for names that are an office all the same."""
        return _pattern(self.exceptions)


def _pattern(words: tuple[str, ...]) -> str:
    if not words:
        return r"^\b$"  # matches nothing
    return r"(?i)(?:^|[^\pL])(?:" + "|".join(literal(w) for w in words) + ")"


def literal(word: str) -> str:
    """A word as a pattern: any white space between its parts, any apostrophe."""
    return r"\s+".join(re.escape(part).replace("\\'", "['’]").replace("'", "['’]") for part in word.split())


@cache
def policy() -> Policy:
    """The rules as the files have them."""
    published, hidden = _yaml("publication.yml"), _yaml("hidden_addresses.yml")
    return Policy(
        mobile_prefixes=tuple(str(p) for p in published["mobile_prefixes"]),
        webmail_hosts=frozenset(published["webmail_hosts"]),
        desk_mailboxes=frozenset(published["desk_mailboxes"]),
        hidden_words=tuple(hidden["words"]),
        exceptions=tuple(hidden["except"]),
        service_classes=frozenset(hidden["service_classes"]),
    )


def words_of(name: str) -> set[str]:
    """The words of a name or mailbox in plain letters; those of one or two letters say nothing."""
    return {w for w in re.split(r"[^a-z]+", ascii_fold(name).lower()) if len(w) > 2}


def _yaml(name: str) -> dict[str, Any]:
    return shipped(HERE / name)
