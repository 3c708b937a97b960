"""Names alike in different towns, and names that only look different."""

import pyarrow as pa
import pytest

from pipeline.dedupe import match

Row = tuple[str, str | None]


def decide(one: Row, other: Row) -> str:
    table = pa.table(
        {"record_id": ["1", "2"], "name": [one[0], other[0]], "municipality_code": [one[1], other[1]]},
    )
    result = match(table)
    if len(set(result.clusters.column("cluster_id").to_pylist())) == 1:
        return "same"
    told = result.matches.column("decision").to_pylist()
    return str(told[0]) if told else "different"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Kuusijärven koulun vanhempainyhdistys ry", "205"), ("Kuusijärven koulun vanhempainyhdistys", "091")),
        (("Kangaslahden kyläyhdistys ry", "205"), ("Kangaslahden kyläyhdistys ry", "698")),
        (("Puolangan kyläyhdistys", "837"), ("Puolangan kyläyhdistys", "405")),
        (("Yrittäjät", "205"), ("Yrittäjät", "765")),
        (("Metsästysseura ry", "205"), ("Metsästysseura ry", "765")),
        (("Eläkeliitto", "620"), ("Eläkeliitto", "777")),
        (("Karjalan Liiton Kainuun piiri", None), ("Karjalan Liiton Satakunnan piiri", None)),
        (("Sädekehäliitto ry", "091"), ("Helsingin Kalakerho ry", "091")),
        (("Epilepsialiitto ry", "091"), ("Helsingin Epilepsiayhdistys ry", "091")),
        (("Kajaanin seurakunta", "205"), ("Kajaanin seurakuntayhtymä", "205")),
        (("Kajaani: Nuorisoseuran tanhujaosto", "205"), ("Kajaani-Seura", "205")),
    ],
)
def test_bodies_that_every_town_has_are_not_one_across_towns(one: Row, other: Row) -> None:
    assert decide(one, other) in ("different", "related", "maybe")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Kajaanin Sädekehät ry", "205"), ("Kajaanin Sädekehät ry", "564")),
        (("Sädekehäliitto ry", "091"), ("Sädekehäliitto", "049")),
        (("Kyläseura Kangaslahti", "205"), ("Kangaslahden kyläseura ry", "205")),
        (("Taideyhdistys Kotka", "285"), ("Kotkan Taideyhdistys ry", "285")),
        (("Kajaanin soutuyhdsitys RY", "205"), ("KAJAANIN SOUTUYHDISTYS", "205")),
        (("Kajaanin Valoveikot", "205"), ("Kajaanin Valo-Veikot ry", "205")),
        (("Kajaanin valon ystävät", "205"), ("Kajaanin Valonystävät ry", "205")),
        (("Perinneyhdistys Sädekehä", "205"), ("Sädekehä perinneyhdistys", "205")),
        (("MTK-Sotkamo ry", "765"), ("Sotkamon MTK-yhdistys", "765")),
        (("Sädekehäliitto ry (ent. Tähtiliitto)", "091"), ("Tähtiliitto ry", "091")),
        (("Kajaanin ev.lut. seurakunta", "205"), ("Kajaanin evankelis-luterilainen seurakunta", "205")),
        (("Kajaanin helluntaisrk", "205"), ("Kajaanin Helluntaiseurakunta ry", "205")),
    ],
)
def test_one_body_however_it_is_written(one: Row, other: Row) -> None:
    assert decide(one, other) == "same"


def test_a_number_alone_does_not_make_one_body_of_two_names() -> None:
    table = pa.table(
        {
            "record_id": ["1", "2"],
            "name": ["Kajaanin Sädekehät ry", "Kajaanin Sosialidemokraattinen Työväenyhdistys"],
            "municipality_code": ["205", "205"],
            "business_id": ["9000001-0", "9000001-0"],
        }
    )
    result = match(table)
    assert len(set(result.clusters.column("cluster_id").to_pylist())) == 2
    assert result.matches.column("decision").to_pylist() == ["maybe"]
