"""Coordinates in degrees and in the Finnish grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from pipeline.transform.coordinates import tm35fin_to_wgs84, to_wgs84

FORWARD = Transformer.from_crs("EPSG:4326", "EPSG:3067", always_xy=True)
BACK = Transformer.from_crs("EPSG:3067", "EPSG:4326", always_xy=True)
LATITUDE = st.floats(59.5, 70.3)
LONGITUDE = st.floats(19.1, 31.9)


@given(LATITUDE, LONGITUDE)
def test_grid_coordinates_turn_back_into_degrees(latitude, longitude):
    easting, northing = FORWARD.transform(longitude, latitude)
    found = to_wgs84(northing, easting, "EPSG:3067")
    assert found.problem is None
    assert found.value == pytest.approx((latitude, longitude), abs=6e-7)


def test_the_conversion_agrees_with_pyproj_all_over_finland():
    rng = np.random.default_rng(7)
    northing, easting = rng.uniform(6.6e6, 7.8e6, 5_000), rng.uniform(5e4, 7.6e5, 5_000)
    longitude, latitude = BACK.transform(easting, northing)
    found = tm35fin_to_wgs84(northing, easting)
    assert np.abs(found[0] - latitude).max() < 1e-10
    assert np.abs(found[1] - longitude).max() < 1e-10


@pytest.mark.parametrize(
    ("y", "x", "crs"),
    [
        ("62,892", "27,678", "EPSG:4326"),
        (62.892, 27.678, None),
        ("62.892°N", " 27.678°E", None),
        ("62.892", "27.678", "4326"),
    ],
)
def test_degrees_are_read_in_all_spellings(y, x, crs):
    assert to_wgs84(y, x, crs) == ((62.892, 27.678), None)


@pytest.mark.parametrize("crs", ["EPSG:3067", None])
@pytest.mark.parametrize(("y", "x"), [("6974123", "534567"), ("6 974 123", "534\u00a0567,0"), (6974123.0, 534567)])
def test_metres_are_read_in_all_spellings(y, x, crs):
    assert to_wgs84(y, x, crs) == ((62.895448, 27.680012), None)


def test_swapped_axes_are_put_right_and_reported():
    assert to_wgs84(27.678, 62.892, "EPSG:4326") == ((62.892, 27.678), "coordinates_invalid")
    assert to_wgs84("534567", "6974123", "EPSG:3067") == ((62.895448, 27.680012), "coordinates_invalid")


@pytest.mark.parametrize(
    ("y", "x", "crs"),
    [(0, 0, None), (None, 27, None), ("62.9", "", None), (51.5, 0.1, None), ("x", "y", None), (62.9, 27.7, "EPSG:3067"),
     (6974123, 534567, "EPSG:4326"), ("inf", "1e99", None), ("62.9", "27.7", "EPSG:2393"), (6_550_000, 30_000, None)],
)  # fmt: skip
def test_points_outside_finland_and_half_pairs_are_reported(y, x, crs):
    assert to_wgs84(y, x, crs) == (None, "coordinates_invalid")


def test_no_coordinates_are_no_problem():
    assert to_wgs84(None, None) == to_wgs84("", " ") == to_wgs84(float("nan"), float("nan")) == (None, None)


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from([None, "EPSG:4326", "EPSG:3067", "?"]))
def test_any_text_gets_an_answer(y, x, crs):
    found = to_wgs84(y, x, crs)
    if found.value:
        assert to_wgs84(*found.value, "EPSG:4326") == (found.value, None)
