"""A saved HTML page of a closed site -> a post as the interface would have given it.

Archives of the web hold pages, hardly ever answers of the interface. WordPress itself writes type and id of a post into
the page; texts and labels are read with the tools of actor cards. What the fields become is decided in `post`, so that
a post is the same item whichever way it came. Contact persons are not read.
"""

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup

from pipeline.sources.cards.labels import Labelled, labelled
from pipeline.sources.cards.page import content_of, soup_of, text_of
from pipeline.sources.cards.site import Site, site_of
from pipeline.sources.cards.variant import as_cards
from pipeline.sources.contract import SourceDescription
from pipeline.sources.snapshots import Capture
from pipeline.sources.wordpress.rules import Rules

_ID = re.compile(r"(?:postid|page-id)-(\d+)")
_JSON_LINK = re.compile(r"/wp/v2/([^/?#]+)/(\d+)/?(?:$|[?#])")
OF_ORGANISATIONS = "business_id association_number name_sv phone email website address municipality area".split()


def reader_of(description: SourceDescription) -> Site:
    """Selectors and labels for the pages of such sites: those of cards, and what source.yml adds."""
    return site_of(as_cards(description).settings, {})


def post_of(capture: Capture, rules: Rules, site: Site) -> dict[str, Any] | None:
    """The post that a page shows; null for a page that is none of a known type, or has no title."""
    soup = soup_of(capture.body, capture.content_type)
    found = _type_and_id(soup, rules)
    if found is None:
        return None
    kind, number = found
    link = soup.select_one("link[rel~=canonical]")
    modified = soup.select_one("meta[property='article:modified_time']")
    tags = [text_of(tag) for tag in soup.select(site.selectors["themes"])]
    root = content_of(soup, site)
    name = text_of(root.select_one(site.selectors["name"]) or soup.select_one(site.selectors["name"]))
    if not name or site.error_heading.match(name):
        return None
    texts = [block.decode_contents().strip() for block in root.select(site.selectors["description"])]
    for block in root.select(site.selectors["description"]):
        if not block.decomposed:
            block.decompose()
    is_card = rules.kinds[kind]["kind"] == "organization"
    values = labelled(root, site.labels if is_card else site.activity_labels, site.selectors["label"])
    raw: dict[str, Any] = {
        "id": int(number),
        "type": kind,
        "link": str(link["href"]) if link and link.get("href") else _address(capture),
        "title": name,
        "content": "\n".join(texts[:1]) or None,
        "modified_gmt": str(modified["content"]) if modified and modified.get("content") else None,
        "tag_labels": list(dict.fromkeys([*tags, *values.parts("theme")])),
        "acf": _of_card(values, rules) if is_card else _of_activity(values, rules.keys(kind)),
    }
    if not is_card:
        raw["organization"] = values.first("organizer")
    return {**raw, **{f"label:{label}": True for label in values.unknown}}


def _type_and_id(soup: BeautifulSoup, rules: Rules) -> tuple[str, str] | None:
    """By the link to the interface in the head, else by the classes of the body."""
    for link in soup.select("link[rel~=alternate][type='application/json']"):
        if (match := _JSON_LINK.search(str(link.get("href")))) and match[1] in rules.kinds:
            return match[1], match[2]
    classes = " ".join(soup.body.get_attribute_list("class")) if soup.body and soup.body.get("class") else ""
    kind = next((k for k in rules.kinds if f"single-{k}" in classes.split()), None)
    number = _ID.search(classes)
    return (kind, number[1]) if kind and number else None


def _of_card(values: Labelled, rules: Rules) -> Mapping[str, Any]:
    """The fields of an actor card; a web address is where its link leads."""
    found = {rules.organization_fields[name]: values.first(name) for name in OF_ORGANISATIONS}
    for value in values.values.get("website", [])[:1]:
        linked = [href for href, _ in value.links if href.startswith(("http://", "https://"))]
        found[rules.organization_fields["website"]] = linked[0] if linked else value.text
    return found


def _of_activity(values: Labelled, keys: Mapping[str, str]) -> Mapping[str, Any]:
    """The fields of an activity; its place is a line without a point on the map."""
    places = [{keys["map"]: {"address": line}} for line in values.texts("place")]
    words = {keys[name]: values.first(name) for name in ("time", "price", "registration")}
    return {keys["places"]: places, **words}


def _address(capture: Capture) -> str | None:
    return capture.uri if capture.uri.startswith(("http://", "https://")) else None
