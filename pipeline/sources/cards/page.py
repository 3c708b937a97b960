"""A saved page as text: its characters, its address, its content without navigation, and its lines.

Nothing here raises: whatever comes is read as far as it goes. What the lines mean is decided in `labels` and `card`.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

from pipeline.sources.cards.site import Site
from pipeline.sources.snapshots import Capture

META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt fieldset figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p "
    "section table tbody td tfoot th thead tr ul br".split()
)


@dataclass(slots=True)
class Line:
    """One line as a reader sees it, with the links in it (address, words)."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)


def decoded(body: bytes, content_type: str) -> str:
    """The page as text. UTF-8 is tried first whatever the page claims, as wrong claims are common.

    A page with a few broken characters is still UTF-8 when most of its other letters are sound.
    Latin-1 is read as Windows-1252, as browsers do (WHATWG Encoding Standard).
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    text = body.decode("utf-8-sig", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    if broken and broken >= sum(not c.isascii() for c in text) - broken:
        claimed = HEADER_CHARSET.search(content_type) or META_CHARSET.search(body[:4096])
        name = claimed.group(1) if claimed else "windows-1252"
        name = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        if name.lower().replace("_", "-") in ("utf-8", "utf8", "iso-8859-1", "latin1", "latin-1", "us-ascii"):
            name = "windows-1252"
        try:
            text = body.decode(name, "replace")
        except (LookupError, UnicodeError):
            text = body.decode("windows-1252", "replace")
    return text.replace("\x00", "")


def soup_of(body: bytes, content_type: str) -> BeautifulSoup:
    """The page as a tree; broken HTML is mended as browsers do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return BeautifulSoup(decoded(body, content_type), "lxml")


def text_of(tag: Tag | None) -> str:
    """The words of an element on one line."""
    return " ".join(tag.get_text(" ").split()) if tag else ""


def heading(soup: BeautifulSoup) -> str:
    """The first heading, or the title, or the first words of the page."""
    for name in ("h1", "h2", "title"):
        if words := text_of(soup.find(name)):
            return words
    return text_of(soup.body)[:200]


def language_of(tag: Tag) -> str | None:
    """The language that the element or what it stands in declares; null for none."""
    for holder in (tag, *tag.parents):
        declared = holder.get("lang") or holder.get("xml:lang")
        if isinstance(declared, str) and declared.strip():
            return declared.strip().split("-")[0].lower()
    return None


def address_of(soup: BeautifulSoup, capture: Capture, site: Site) -> tuple[str | None, str | None]:
    """The card's id and address: by its canonical link when that is a card's address, else by where it came from."""
    for selector, attribute in (("link[rel~=canonical]", "href"), ("meta[property='og:url']", "content")):
        tag = soup.select_one(selector)
        value = tag.get(attribute) if tag else None
        if isinstance(value, str) and value.strip():
            try:
                target = urljoin(capture.uri if capture.uri.startswith("http") else "", value.strip())
                if card := site.card_id(target):
                    return card, target
            except ValueError:
                continue
    try:
        card = site.card_id(capture.uri)
    except ValueError:
        card = None
    return card, capture.uri if capture.uri.startswith("http") else None


def content_of(soup: BeautifulSoup, site: Site) -> Tag:
    """The part of the page that is the card: navigation, footer, forms and scripts are taken away."""
    root = soup.select_one(site.selectors["content"])
    if root is None:
        root = soup.body or soup
        for tag in root.select(site.selectors["page_noise"]):
            tag.decompose()
    for tag in root.select(site.selectors["noise"]):
        # Some sites wrap the whole page in one form.
        if not tag.decomposed and tag.select_one(site.selectors["name"]) is None:
            tag.decompose()
    return root


def lines(root: Tag) -> list[Line]:
    """The lines of an element: a new one at every block and every line break; empty ones are left out."""
    found = [Line()]
    for node in _walk(root):
        if node is None:
            found.append(Line())
        elif isinstance(node, Tag):
            found[-1].links.append((unquote(str(node["href"]).strip()), text_of(node)))
        else:
            found[-1].text += node
    for line in found:
        line.text = " ".join(line.text.split())
    return [line for line in found if line.text]


def _walk(root: Tag) -> Iterator[str | Tag | None]:
    """Strings, links and, as null, line ends, in the order of the page; a loop, so that depth is no danger."""
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            yield None
        elif isinstance(node, Tag):
            is_block = node.name in BLOCKS and node is not root
            if is_block:
                yield None
                stack.append(None)
            if node.name == "a" and node.get("href"):
                yield node
            stack.extend(reversed(node.contents))
        elif isinstance(node, NavigableString) and not isinstance(node, Comment):
            yield str(node)
