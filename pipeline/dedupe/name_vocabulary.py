"""What is said of two records' names: one level of the core, and one of the full name.

Levels of the core, strongest first:

`exact_rare`, `exact_some`, `exact_common`: same core, which stands in at most 2, at most 10, or more places;
`chapter`: no core of its own, but the same umbrella (place and level are compared apart);
`national_body`: both are the umbrella itself, national and without a place;
`typo`: cores that differ by a letter or so, or in case and number only;
`contains`: all words of one in the other, a rare one among them;
`translation`: one says in Swedish what the other says in Finnish;
`abbreviation`: one is the abbreviation or the initials of the other; `close`, `partial`: less;
`nameless`: a record without a name; `one_empty`: one has no core;
`other_language`: unlike, but one is Swedish and one Finnish, which tells nothing;
`different`: unlike; `other_number`: both have a number and not the same one (osasto 12, osasto 13).
"""

LEVELS = (
    "other_number", "different", "other_language", "one_empty", "nameless", "partial", "close", "abbreviation",
    "translation", "contains", "typo", "chapter", "exact_common", "exact_some", "national_body", "exact_rare",
)  # fmt: skip
"""Weakest first: the best of several name pairs is the largest."""
L = {name: i for i, name in enumerate(LEVELS)}
FULL = ("unlike", "alike", "same")
"""Levels of the full name."""
