"""A service of v12 as an `Item`, still without what other objects tell of it, and a general description."""

from pipeline.sources.items import Item, Term
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.v12.addresses import areas
from pipeline.sources.ptv.v12.wording import names as read_names
from pipeline.sources.ptv.v12.wording import strings, terms, texts, versions

REFERENCE = "general_description"
"""Scheme of the term that stands for a general description until `joining` exchanges it for its classes."""


def read(tree: Tree, native_id: str) -> Item:
    """The service of its main responsible organisation; other responsible bodies and producers are passed over."""
    rules = tree.reading.rules
    item = Item("service", native_id, modified=moment(tree.word("publishedAt")), service_kind="public_service")
    item.organization = tree.word("organizationContentId")
    held = versions(tree, "v12.version")
    item.names = read_names(held)
    item.texts = texts(held, rules.v12["text_fields"])
    item.is_free = _charge(tree)
    item.areas = areas(tree)
    item.languages = strings(tree, "serviceLanguages")
    item.terms = terms(tree)
    for _, version in held:
        item.terms += [Term("ptv_keyword", None, word) for word in strings(version, "freelyAssignedKeywords")]
    if described := tree.word("generalDescriptionContentId"):
        item.terms.append(Term(REFERENCE, described))
    return item


def read_general_description(tree: Tree, native_id: str) -> Item:
    """What services take over from their general description: classes and charge. v12 does not merge it in."""
    item = Item("service", native_id, modified=moment(tree.word("publishedAt")))
    item.is_free, item.terms = _charge(tree), terms(tree)
    return item


def _charge(tree: Tree) -> bool | None:
    known, value = tree.reading.rules.v12["charge"], tree.word("chargeType")
    if value is not None and value not in known:
        tree.reading.note("code_unknown", "Unknown type of charge; left open.", "chargeType", value)
    found: bool | None = known.get(value or "")
    return found
