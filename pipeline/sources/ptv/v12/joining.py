"""Puts together what v12 keeps apart, when all answers are read: connections, general descriptions, names of codes.

v11 sends a service with its connections, with the classes of its general description, and every code with its
name. v12 sends each by itself, in any order.
"""

from dataclasses import dataclass, field, replace

from pipeline.sources.items import Item, Term
from pipeline.sources.ptv.rules import Rules
from pipeline.sources.ptv.tree import Localized, Tree, pick
from pipeline.sources.ptv.v12.connection import add
from pipeline.sources.ptv.v12.service import REFERENCE
from pipeline.sources.ptv.wording import TERM_LISTS, code_of

AREA_LISTS = {"region-codes": "region", "wellbeing-services-county-codes": "county"}
"""Code lists of one shape, told apart by the address of the answer only."""


@dataclass(slots=True)
class Joins:
    """What was met so far besides organisations, services and channels."""

    rules: Rules
    connections: dict[str, dict[str, Item]] = field(default_factory=dict)
    """Service in lower case -> channel -> the part that the connection tells."""
    descriptions: dict[str, Item] = field(default_factory=dict)
    labels: dict[tuple[str, str], list[Localized]] = field(default_factory=dict)
    """(list, code) -> names; the lists are term, postal and the kinds of areas."""

    def learn_code(self, tree: Tree, uri: str) -> None:
        """A row of a code list; `uri` is the address of the answer."""
        code, address = tree.word("code"), tree.word("uri")
        names = tree.worded("name")
        kind = "term" if address else _list_of(code or "", tree, uri)
        key = code or code_of(None, address, None)
        if kind and key and names:
            self.labels[kind, key] = names

    def finish(self, item: Item) -> Item:
        """The item as v11 would have it; the item itself is not touched."""
        terms, is_free = item.terms, item.is_free
        for described in [term.code for term in terms if term.scheme == REFERENCE]:
            terms = [term for term in terms if term.scheme != REFERENCE]
            found = self.descriptions.get((described or "").lower())
            if found is not None:
                is_free = found.is_free if is_free is None else is_free
                terms = _united(terms, found.terms)
        made = replace(
            item,
            is_free=is_free,
            terms=[replace(term, label=self._label("term", term.code)) if term.code else term for term in terms],
            areas=[replace(area, name=self._label(area.type, area.code)) if area.code else area for area in item.areas],
            addresses=[
                replace(place, city=self._label("postal", place.postal_code, place.language))
                for place in item.addresses
            ],
            locations=list(item.locations),
            hours=list(item.hours),
            phones=list(item.phones),
            emails=list(item.emails),
            links=list(item.links),
        )
        if item.kind == "service":
            parts = self.connections.get(item.native_id.lower(), {})
            for channel in sorted(parts):  # v12 promises no order
                add(made, parts[channel])
        return made

    def _label(self, kind: str, code: str | None, language: str | None = None) -> str | None:
        names = self.labels.get((kind, code or ""))
        found = pick(names, self.rules, language) if names else None
        return found.value if found else None


def _list_of(code: str, tree: Tree, uri: str) -> str | None:
    """Which list a row without `uri` belongs to, told by its shape; null for lists that are not used."""
    if tree.has("municipalities") or any(name in uri for name in AREA_LISTS):
        tree.ignore("municipalities")
        return next((kind for name, kind in AREA_LISTS.items() if name in uri), None)
    if code.isdigit():
        return {5: "postal", 3: "municipality"}.get(len(code))
    return None  # countries and languages


def _united(own: list[Term], described: list[Term]) -> list[Term]:
    """The classes of both in the order of v11, list by list, each once; free keywords stay last."""
    both = own + [term for term in described if term not in own]
    order = {scheme: place for place, scheme in enumerate(TERM_LISTS.values())}
    return sorted(both, key=lambda term: order.get(term.scheme, len(order)))
