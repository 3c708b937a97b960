"""Coordinates as written -> which reference system they are in, by their size alone.

Degrees are WGS84 (EPSG:4326); metres within the bounds of ETRS-TM35FIN over Finland are EPSG:3067 (JHS 197).
Other metres (the zones of ETRS-GK, the old KKJ) cannot be told apart and are not used. Latitude and longitude in
each other's column are plain, since their ranges over Finland do not meet, and are put right.
"""

import re
from functools import lru_cache

_NUMBER = re.compile(r"[-+]?\d[\d\s\xa0\u202f]*(?:[.,]\d+)?")
_DEGREES_Y, _DEGREES_X = (58.0, 71.0), (18.0, 33.0)
_METRES_Y, _METRES_X = (6_570_000.0, 7_800_000.0), (40_000.0, 770_000.0)

Placed = tuple[str, str, str]
"""Latitude or northing, longitude or easting, both as written, and the reference system."""


def number(text: str) -> float | None:
    """The number in a cell, with decimal comma or point, spaces between thousands and a degree sign; else null."""
    bare = text.strip().rstrip("°NEPI ").strip()
    if not _NUMBER.fullmatch(bare):
        return None
    return float(re.sub(r"\s", "", bare).replace(",", "."))


@lru_cache(maxsize=10_000)
def placed(y: str | None, x: str | None) -> Placed | None:
    """The pair with its reference system; null when it is not one we know."""
    first, second = number(y or ""), number(x or "")
    if first is None or second is None or y is None or x is None:
        return None
    for crs, northing, easting in (
        ("EPSG:4326", _DEGREES_Y, _DEGREES_X),
        ("EPSG:3067", _METRES_Y, _METRES_X),
    ):
        if _within(first, northing) and _within(second, easting):
            return y, x, crs
        if _within(second, northing) and _within(first, easting):
            return x, y, crs
    if abs(first) <= 90 and abs(second) <= 180:
        return y, x, "EPSG:4326"  # degrees, but not in Finland: the check of places says so
    return None


def pair(text: str) -> tuple[str, str] | None:
    """Two coordinates in one cell (`61.16°N, 23.86°E`); null when there are not exactly two."""
    if ";" in text or re.search(r",\s", text):
        pieces = re.split(r";\s*|,\s+", text.strip())
    else:
        pieces = text.replace(",", " ").split() if text.count(".") == 2 else text.split()
    return (pieces[0], pieces[1]) if len(pieces) == 2 else None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
