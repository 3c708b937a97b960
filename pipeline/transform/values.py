"""The answer of every reader of a single value.

Belongs here: the result type. What a value means is decided in the modules beside it.
"""

from typing import Generic, NamedTuple, Never, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Reading(NamedTuple, Generic[T_co]):
    """What a raw value was read as, and what was wrong with it.

    Three shapes occur: `(value, None)` is fine, `(None, problem)` could not be read, and `(value, problem)` was
    read but somebody should look (a former municipality, for one).
    `(None, None)` means that there was nothing to read: null, an empty cell, a lone dash.
    """

    value: T_co | None
    problem: str | None = None
    """A value of the code list `issue_code`, or null."""


NOTHING: Reading[Never] = Reading(None, None)
"""The reading of an empty cell."""

EMPTY_MARKS = frozenset(
    {"", "-", "–", "—", "--", ".", "?", "n/a", "null", "none", "nan", "ei tietoa", "ei ole", "puuttuu"}
)
"""What people type into a cell that has nothing to say, casefolded."""


def is_empty(text: str | None) -> bool:
    """True for null, white space and the marks that people type for "nothing"."""
    return text is None or text.strip().casefold() in EMPTY_MARKS
