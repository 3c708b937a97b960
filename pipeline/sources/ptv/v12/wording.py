"""Names, texts and classes of v12: everything in words stands in one object per language, classes are bare codes."""

from collections.abc import Mapping

from pipeline.sources.items import Name, Term, Text
from pipeline.sources.ptv.tree import Localized, Tree
from pipeline.sources.ptv.wording import TERM_LISTS, code_of, ranked

Versions = list[tuple[str, Tree]]


def versions(tree: Tree, shape: str) -> Versions:
    """The language versions in the order of `languages`, so that the order of the keys does not matter."""
    held = tree.take("languageVersions")
    if not isinstance(held, dict):
        if held is not None:
            tree.leave(".languageVersions")
        return []
    rank, path = tree.reading.rules.rank, f"{tree.path}.languageVersions[]"
    found = []
    for language in sorted(held, key=lambda known: rank.get(known, 999)):
        if isinstance(held[language], dict):
            found.append((language, Tree(held[language], path, shape, tree.reading)))
        elif held[language] is not None:
            tree.leave(".languageVersions[]")
    return found


def names(held: Versions) -> list[Name]:
    """The names as in v11: `isAlternativeNamePrimary` stands for its `displayNameType`."""
    values: list[Localized] = []
    shown: dict[str | None, str] = {}
    for language, version in held:
        for key, role in (("name", "Name"), ("alternativeName", "AlternativeName")):
            if value := version.word(key):
                values.append(Localized(value, language, role))
        if version.flag("isAlternativeNamePrimary"):
            shown[language] = "AlternativeName"
    return ranked(values, shown, held[0][1].reading.rules) if values else []


def texts(held: Versions, fields: Mapping[str, str]) -> list[Text]:
    """The texts whose key has a field; PTV writes them in a light Markdown, as in v11 (inferred)."""
    found = []
    for key, field in fields.items():
        for language, version in held:
            if value := version.word(key):
                found.append(Text(field, value, language, "markdown"))
    return found


def terms(tree: Tree) -> list[Term]:
    """The classes as bare codes; `joining` adds their names from the code lists."""
    found = []
    for key, scheme in TERM_LISTS.items():
        for value in strings(tree, key):
            code = code_of(None, value, None) if "/" in value else value
            found.append(Term(scheme, code))
    return found


def strings(tree: Tree, key: str) -> list[str]:
    """The filled texts of a list; what is no text counts as unread."""
    values = tree.values(key)
    found = [value for value in values if isinstance(value, str) and value]
    if any(value is not None and not isinstance(value, str) for value in values):
        tree.leave(f".{key}[]")
    return found
