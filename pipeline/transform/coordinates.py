"""Reads coordinates and turns the Finnish map grid into WGS84.

Belongs here: EPSG:4326 (degrees) and EPSG:3067 (ETRS-TM35FIN, metres), the two that Finnish platforms use.
ETRS89 and WGS84 differ by less than a metre and are taken as one.
"""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.transform.values import NOTHING, Reading, is_empty

LATITUDES = (59.0, 71.0)
LONGITUDES = (19.0, 32.0)
"""A box around Finland with its sea; outside it a coordinate is taken for a mistake."""
_NORTHINGS = (6_500_000.0, 7_900_000.0)
_EASTINGS = (20_000.0, 800_000.0)

# The ellipsoid GRS80 and the projection of ETRS-TM35FIN: central meridian 27° E, scale 0.9996, false easting 500 km.
_FLATTENING = 1 / 298.257222101
_N = _FLATTENING / (2 - _FLATTENING)
_MERIDIAN = 6_378_137.0 / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ECCENTRICITY = np.sqrt(_FLATTENING * (2 - _FLATTENING))
_SCALE, _CENTRE, _FALSE_EASTING = 0.9996, np.radians(27.0), 500_000.0
_SERIES = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)


def tm35fin_to_wgs84(northing: ArrayLike, easting: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and longitudes in degrees of ETRS-TM35FIN coordinates in metres; NaN stays NaN.

    The inverse Gauss–Krüger series of JHS 197 (the Finnish recommendation on coordinate conversions), to a fraction
    of a millimetre inside Finland.
    """
    xi = np.asarray(northing, dtype=np.float64) / (_MERIDIAN * _SCALE)
    eta = (np.asarray(easting, dtype=np.float64) - _FALSE_EASTING) / (_MERIDIAN * _SCALE)
    xi_, eta_ = xi.copy(), eta.copy()
    for i, h in enumerate(_SERIES, start=1):
        xi_ -= h * np.sin(2 * i * xi) * np.cosh(2 * i * eta)
        eta_ -= h * np.cos(2 * i * xi) * np.sinh(2 * i * eta)
    conformal = np.arcsin(np.sin(xi_) / np.cosh(eta_))
    longitude = np.degrees(_CENTRE + np.arctan2(np.sinh(eta_), np.cos(xi_)))
    target = np.arcsinh(np.tan(conformal))
    q = target.copy()
    for _ in range(4):
        q = target + _ECCENTRICITY * np.arctanh(_ECCENTRICITY * np.tanh(q))
    return np.degrees(np.arctan(np.sinh(q))), longitude


def to_wgs84(y: str | float | None, x: str | float | None, crs: str | None = None) -> Reading[tuple[float, float]]:
    """(latitude, longitude) in degrees, six decimals, of a point in Finland.

    `y` is the latitude or northing, `x` the longitude or easting. Null `crs` means that the size of the numbers
    tells degrees from metres. Understands decimal commas, spaces between thousands and degree signs.
    Swapped axes are unmistakable in Finland: they are put right, with `coordinates_invalid` so that somebody looks.
    Zeros, half a pair and points outside Finland are null with `coordinates_invalid`.
    """
    return _to_wgs84(_text(y), _text(x), crs)


def _text(value: str | float | None) -> str:
    return "" if value is None or is_empty(str(value)) else str(value)


@lru_cache(maxsize=50_000)
def _to_wgs84(y_text: str, x_text: str, crs: str | None) -> Reading[tuple[float, float]]:
    if not y_text and not x_text:
        return NOTHING
    y, x = _number(y_text), _number(x_text)
    if y is None or x is None:
        return Reading(None, "coordinates_invalid")
    code = re.sub(r"\D", "", crs or "")[-4:]
    for system, north, east in (("4326", LATITUDES, LONGITUDES), ("3067", _NORTHINGS, _EASTINGS)):
        if code not in ("", system):
            continue
        for n, e, problem in ((y, x, None), (x, y, "coordinates_invalid")):
            if north[0] <= n <= north[1] and east[0] <= e <= east[1]:
                return _in_finland(n, e, problem, metres=system == "3067")
    return Reading(None, "coordinates_invalid")


def _in_finland(n: float, e: float, problem: str | None, *, metres: bool) -> Reading[tuple[float, float]]:
    latitude, longitude = (float(v) for v in tm35fin_to_wgs84(n, e)) if metres else (n, e)
    if not (LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]):
        return Reading(None, "coordinates_invalid")
    return Reading((round(latitude, 6), round(longitude, 6)), problem)


def _number(text: str) -> float | None:
    bare = re.sub(r"[\s°]|[NEPI]$", "", text.strip()).replace("−", "-")
    if bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    return float(bare) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,2})?", bare, re.IGNORECASE) else None
