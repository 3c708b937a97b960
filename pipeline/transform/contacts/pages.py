"""What a web address says about whose it is: a host of one's own, a page below a host that many use, or nothing.

Many associations have a page of Facebook and no site, and the chapters of an umbrella have pages on its site. Such a
page is theirs as a host would be. Which platforms have pages of organisations, and which of their paths are none, is
in `data/reference/shared_hosts.csv`.

Does not belong here: how an address is read; that is `webs`.
"""

from functools import cache, lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.transform.contacts.webs import host, is_shared_host, url
from pipeline.transform.reference import rows

FRONT = frozenset(
    "index home start etusivu etusivu1 main default front fi sv en se fi-fi sv-fi en-gb yhteystiedot yhteys contact "
    "kontakt ota-yhteytta info".split()
)
"""Last words of a path that lead to no page of somebody else's."""
_ALIASES = {"fb.com": "facebook.com", "m.me": "facebook.com"}


@cache
def _platforms() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Platform -> (words of a path before a page, words that begin no page)."""
    return {
        r["host"]: (frozenset(r["page_after"].split()), frozenset(r["no_page"].split()))
        for r in rows("shared_hosts")
        if r["no_page"] != "*"
    }


@lru_cache(maxsize=50_000)
def sites(address: str | None) -> tuple[str, ...]:
    """What identifies whose site a web address is, the most telling first; empty when nothing does.

    A host of one's own without `www.`, before it the page below it if the address leads to one ("example.fi/kuopio",
    "example.fi"); on a platform the page alone ("facebook.com/esimerkki"). Pages are in small letters, without the
    front pages and languages at their end.
    """
    name = host(address)
    if name is None:
        return ()
    parts = urlsplit(url(address).value or "")
    path = [p for p in unquote(parts.path).casefold().split("/") if p]
    if is_shared_host(name):
        page = _page(name, path, parts.query)
        return (page,) if page else ()
    while path and path[-1].split(".")[0] in FRONT:
        path.pop()
    return (f"{name}/{'/'.join(path)}", name) if path else (name,)


def _page(name: str, path: list[str], query: str) -> str | None:
    labels = name.split(".")
    platform = next((p for i in range(len(labels)) if (p := ".".join(labels[i:])) in {*_platforms(), *_ALIASES}), None)
    if platform is None:
        return None
    platform = _ALIASES.get(platform, platform)
    before, no_page = _platforms()[platform]
    number = parse_qs(query).get("id") if path[-1:] == ["profile.php"] else None
    path = [*path, *(number or ())]
    while len(path) > 1 and path[0] in before:
        is_numbered = len(path) > 2 and path[2].isdigit()  # "pages/Esimerkki-ry/1234": names repeat
        path = path[2:] if is_numbered else path[1:]
    if not path or path[0] in before or path[0] in no_page:
        return None
    slug = path[0].removeprefix("@")
    return f"{platform}/{slug.replace('.', '') if platform == 'facebook.com' else slug}"  # it reads past the dots
