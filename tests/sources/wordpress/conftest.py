"""A fetch of this kind of source, and single answers of it."""

from collections.abc import Callable
from typing import Any

import pytest

ADDRESS = "https://t.example.fi/wp-json/wp/v2/tm_volunteer"


@pytest.fixture
def read(read_as: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Parses answers; a bare body is one answer at an address."""
    return lambda *bodies, uri=ADDRESS, **options: read_as("wordpress", *bodies, uri=uri, **options)


@pytest.fixture
def job(job_for: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a fetch job for a site, and the list of what was kept."""
    return lambda base_url, **options: job_for("wordpress", **{"base_url": base_url, "per_page": 20, **options})
