"""Walks the listing pages of a site and fetches every card once, in the order of the listing.

What it decides: which links are followed (cards on the same host, the next page), and when a listing counts as
walked to its end. It sends no form. How cards are read is in `parse`.
"""

from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup

from pipeline.sources.cards.page import heading, soup_of
from pipeline.sources.cards.site import Site, same_host, site_of
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed

GONE = (404, 410)
"""A card that the listing still names although it is gone is kept as such and does not fail the site."""


def fetch(job: FetchJob) -> None:
    """Keeps listing pages and cards; raises `SourceFailed` when the listing cannot be walked to its end."""
    site = site_of(job.description.settings, job.options)
    base = str(job.options["base_url"]).rstrip("/") + "/"
    cards = _listed(job, site, urljoin(base, site.listing))
    for number, address in enumerate(cards.values(), 1):
        job.client.get(address, expect="html", allow=GONE)
        if number % 50 == 0 or number == len(cards):
            job.progress(f"cards {number} of {len(cards)}")


def _listed(job: FetchJob, site: Site, start: str) -> dict[str, str]:
    """Card id -> address, of all listing pages."""
    found: dict[str, str] = {}
    walked: set[str] = set()
    address = start
    last_heading = ""
    is_linked = False
    """True when a link of the page before led here, not only the next number."""
    while address:
        if len(walked) >= site.most_pages:
            raise SourceFailed(
                f"{start}: more than {site.most_pages} listing pages. The paging may be endless; "
                "check it, and raise most_pages in koonti.yml if that many are right."
            )
        walked.add(address)
        page = job.client.get(address, expect="html")
        soup = soup_of(page.body, page.content_type)
        last_heading = heading(soup) or last_heading
        cards = _cards(soup, site, address)
        new = {card: link for card, link in cards.items() if card not in found}
        found.update(new)
        job.progress(f"listing page {len(walked)}, {len(found)} cards")
        following, was_linked = _next(soup, site, address), is_linked
        is_linked = following is not None
        if following is None and was_linked and cards and not new:
            raise SourceFailed(f"{address}: the page repeats cards of earlier pages and has no other. Ask the site.")
        if following is None and site.page_parameter and new:
            following = _numbered(start, site.page_parameter, len(walked) + 1)
        elif following and not new and len(walked) > 1:
            raise SourceFailed(
                f"{address}: the listing goes on without new cards. The paging may turn in a circle; "
                "check selectors.next in koonti.yml."
            )
        if following in walked:
            raise SourceFailed(f"{address}: the next page of the listing is one already walked. Ask the site.")
        address = following or ""
    if not found:
        seen = f" (its heading says '{last_heading[:60]}')" if last_heading else ""
        raise SourceFailed(
            f"{start}: no link to a card{seen}. The site may be closed for maintenance; "
            "otherwise check listing and card in koonti.yml."
        )
    return found


def _cards(soup: BeautifulSoup, site: Site, address: str) -> dict[str, str]:
    """Card id -> address for the links of one page; links to other hosts are no cards of this site."""
    found: dict[str, str] = {}
    for link in soup.find_all("a", href=True):
        target = _resolved(soup, address, str(link["href"]))
        if target and same_host(target, address) and (card := site.card_id(target)):
            found.setdefault(card, target)
    return found


def _next(soup: BeautifulSoup, site: Site, address: str) -> str | None:
    link = next((a for a in soup.select(site.selectors["next"]) if a.get("href")), None)
    if link is None:
        return None
    target = _resolved(soup, address, str(link["href"]))
    if target is None:
        return None
    if not same_host(target, address):
        raise SourceFailed(
            f"{address}: its next page is on another host ({urlsplit(target).netloc}). "
            "Check selectors.next in koonti.yml."
        )
    return target


def _resolved(soup: BeautifulSoup, address: str, href: str) -> str | None:
    """The whole address of a link without its fragment; null for links that lead to no other page."""
    base = soup.find("base", href=True)
    try:
        target = urldefrag(urljoin(urljoin(address, str(base["href"]) if base else ""), href.strip())).url
        parts = urlsplit(target)
        _ = parts.port
    except ValueError:
        return None
    return target if parts.scheme in ("http", "https") and target != urldefrag(address).url else None


def _numbered(start: str, parameter: str, number: int) -> str:
    parts = urlsplit(start)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != parameter]
    return urlunsplit(parts._replace(query=urlencode([*query, (parameter, str(number))])))
