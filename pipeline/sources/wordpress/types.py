"""Which content types a site has, by WordPress's own list of them (`/wp-json/wp/v2/types`).

What it decides: which lists are fetched when koonti.yml names none. A site that hides the list is asked for the
types of `source.yml`. What the posts mean is in `post`.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.wordpress.rules import Rules

HIDDEN = (401, 403, 404)


def wanted(job: FetchJob, root: str, rules: Rules) -> dict[str, str]:
    """Content type -> last part of the address of its list (`rest_base`).

    Raises `SourceFailed` for a type that is not known, and for a site none of whose types is.
    """
    given = job.options.get("types")
    chosen = [given] if isinstance(given, str) else list(given or ())
    if unknown := [t for t in chosen if t not in rules.kinds]:
        known = ", ".join(rules.kinds)
        raise SourceFailed(f"types: '{unknown[0]}' is not known; known are {known}. Add it under kinds in koonti.yml.")
    page = job.client.get(root + "types", expect="json", allow=HIDDEN, keep=False)
    answer = page.json() if page.status == 200 else {}
    if not isinstance(answer, Mapping) or not answer:
        return {name: name for name in chosen or job.description.settings["types"]}
    job.keep(page.capture(job.now))
    has = {str(name): _base(str(name), about) for name, about in answer.items()}
    if chosen:
        return {name: has.get(name, name) for name in chosen}
    found = {name: has[name] for name in rules.kinds if name in has}
    if not found:
        own = ", ".join(strange(answer, rules)) or "none of its own"
        raise SourceFailed(
            f"{root}types: the site has no content type that is known; it has {own}. "
            "Say under kinds in koonti.yml what they are."
        )
    return found


def strange(answer: Mapping[str, Any], rules: Rules) -> list[str]:
    """The content types of a site that are neither known here nor part of every WordPress."""
    return sorted(name for name in answer if name not in rules.kinds and name not in rules.of_wordpress)


def is_list_of_types(answer: Any) -> bool:
    """True for an object whose values all describe a content type."""
    return isinstance(answer, Mapping) and bool(answer) and all(
        isinstance(about, Mapping) and "rest_base" in about and "slug" in about for about in answer.values()
    )  # fmt: skip


def _base(name: str, about: Any) -> str:
    base = about.get("rest_base") if isinstance(about, Mapping) else None
    return base if isinstance(base, str) and base and "/" not in base else name
