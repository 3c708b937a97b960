"""Cells that hold two names of one body."""

import pytest

from pipeline.transform.names import parallel


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Sädekehät ry (ent. Tähtiyhdistys)", ("Sädekehät ry", "Tähtiyhdistys")),
        ("Sädekehät ry, ent. Tähtiyhdistys ry", ("Sädekehät ry", "Tähtiyhdistys ry")),
        ("Kajaanin Sädekehät aiemmin Kajaanin Tähdet", ("Kajaanin Sädekehät", "Kajaanin Tähdet")),
        ("Strålar rf (f.d. Stjärnföreningen)", ("Strålar rf", "Stjärnföreningen")),
        ("Suomen Sädekehät r.y. ruotsiksi Finlands Strålar r.f.", ("Suomen Sädekehät r.y.", "Finlands Strålar r.f.")),
        ("Suomen Sädekehät – Finlands Strålar ry", ("Suomen Sädekehät", "Finlands Strålar ry")),
    ],
)
def test_two_names_are_told_apart(cell: str, names: tuple[str, ...]) -> None:
    assert parallel(cell) == names


@pytest.mark.parametrize(
    "cell",
    [
        "Karjalan ent. asukkaat ry",
        "Kajaanin Sädekehät ry - hiihtojaosto",
        "Entisten nuorten seura",
        "Tidigarebyns förening",
        "",
    ],
)
def test_one_name_stays_one(cell: str) -> None:
    assert parallel(cell) == (cell,)
