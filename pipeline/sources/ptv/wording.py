"""Names, texts and classifications of organisations, services and channels."""

from pipeline.sources.items import Name, Term, Text
from pipeline.sources.ptv.rules import Rules
from pipeline.sources.ptv.tree import Localized, Reading, Tree, pick

TERM_LISTS = {
    "serviceClasses": "ptv_service_class",
    "targetGroups": "ptv_target_group",
    "lifeEvents": "ptv_life_event",
    "ontologyTerms": "ptv_ontology",
    "industrialClasses": "ptv_industrial_class",
}
"""Field of PTV -> scheme of our terms."""


def names(tree: Tree, key: str) -> list[Name]:
    """The names, the one to show first.

    PTV tells per language in `displayNameType` whether Name or AlternativeName is shown. The shown name in the
    first language of `languages` is the official one, those in other languages are parallel; the rest are
    alternative.
    """
    values = tree.localized(key)
    if not values:
        return []
    shown: dict[str | None, str] = {}
    for choice in tree.branches("displayNameType", "display_name"):
        if kind := choice.word("type"):
            shown[choice.word("language")] = kind
    return ranked(values, shown, tree.reading.rules)


def ranked(values: list[Localized], shown: dict[str | None, str], rules: Rules) -> list[Name]:
    """The names in their roles; `shown` tells per language whether Name or AlternativeName is shown."""
    display = [value for value in values if value.type == shown.get(value.language, "Name")]
    languages = {value.language for value in display}
    display += [value for value in values if value.type != "AlternativeName" and value.language not in languages]
    main = pick(display or values, rules)
    found: list[Name] = []
    for value in values:
        if value is main:
            found.insert(0, Name(value.value, value.language))
        elif value in display and value.language != (main.language if main else None):
            found.append(Name(value.value, value.language, "parallel"))
        else:
            found.append(Name(value.value, value.language, "alternative"))
    return found


def texts(tree: Tree, key: str) -> list[Text]:
    """The texts whose type has a field in `text_fields`; PTV writes them in a light Markdown."""
    fields = tree.reading.rules.text_fields
    found = []
    for value in tree.localized(key):
        field = fields.get(value.type or "Description")
        if field:
            found.append(Text(field, value.value, value.language, "markdown"))
        else:
            tree.leave(f".{key}[{value.type}]")
    return found


def plain_texts(tree: Tree, key: str, field: str) -> list[Text]:
    """The values of a list without types, as texts of one field."""
    return [Text(field, value.value, value.language, "markdown") for value in tree.localized(key)]


def terms(tree: Tree, keys: tuple[str, ...]) -> list[Term]:
    """The classifications under the given fields, in their order."""
    found = []
    for key in keys:
        scheme = TERM_LISTS[key]
        for entry in tree.branches(key, "term"):
            label = pick(entry.localized("name"), tree.reading.rules)
            code = code_of(entry.word("code"), entry.word("newUri"), entry.word("uri"))
            if code or label:
                found.append(Term(scheme, code, label.value if label else None))
    return found


def keywords(tree: Tree, key: str) -> list[Term]:
    """Free keywords as terms without codes."""
    return [Term("ptv_keyword", None, value.value) for value in tree.localized(key)]


def code_of(code: str | None, new_uri: str | None, uri: str | None) -> str | None:
    """The code; without one, the last part of an address that is made of codes, else the whole address."""
    if code:
        return code
    for address in (new_uri, uri):
        if address and ("/code/" in address or "/toimiala/" in address):
            return address.rstrip("/").rsplit("/", 1)[-1]
    return uri or new_uri


def first_words(values: list[Localized], reading: Reading, first: str | None = None) -> str | None:
    """The value of a localised list in the best language; null when the list is empty."""
    best = pick(values, reading.rules, first)
    return best.value if best else None
