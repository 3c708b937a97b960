"""The invented municipal list reads back as the organisations it was made from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.demo.server import serving
from pipeline.demo.spreadsheet import municipal_csv, municipal_xlsx, native_ids, spreadsheet_site
from pipeline.demo.world import Organisation, Place, Sighting
from pipeline.sources.csv.parse import read_all
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item
from pipeline.sources.snapshots import Capture

PLACE = Place("Kauppakatu 1", "00100", "Varkaus", "Varkaus", "915", 62.3, 27.9)
NAMES = ["Åkerön Kyläyhdistys ry", "Varkauden Martat", "Älä lyö ry", "Varkauden Martat", "TUL", "Seurahuone ry"]


def organisation(number: int, name: str) -> Organisation:
    return Organisation(
        truth_id=f"t{number}", name_fi=name, name_sv=None, abbreviation=None, legal_form="ry", type="association",
        level="local", umbrella=None, business_id=None, association_number=None,
        place=PLACE if number % 4 != 2 else None, phone=f"040 000 000{number}" if number % 2 else None,
        email=f"a{number}@example.fi", website=None, theme="T01", summary_fi="Retkiä" if number % 3 else "",
        description_fi="", description_sv=None, contact_name="Maija Malli", contact_title=None,
        parent_truth_id=None, is_active=number != 3,
    )  # fmt: skip


@pytest.fixture
def sightings() -> list[Sighting]:
    return [Sighting("", organisation(number, name)) for number, name in enumerate(NAMES)]


def read(body: bytes) -> tuple[list[Item], list[Finding]]:
    parts = list(read_all([Capture("file:lista", body, "", datetime(2026, 1, 1, tzinfo=UTC))], {}))
    return [p for p in parts if isinstance(p, Item)], [p for p in parts if isinstance(p, Finding)]


@pytest.mark.parametrize("make", [lambda s: municipal_xlsx(s, "Varkauden yhdistykset 2025"), municipal_csv])
def test_native_ids_are_known_before_the_list_is_read(
    make: Callable[[list[Sighting]], bytes], sightings: list[Sighting]
) -> None:
    ids = native_ids(sightings)
    items, findings = read(make(sightings))
    assert sorted(item.native_id for item in items) == sorted(ids)
    assert len(set(ids)) == len(NAMES)
    by_id = {item.native_id: item for item in items}
    for native_id, sighting in zip(ids, sightings, strict=True):
        assert by_id[native_id].names[0].value == sighting.organisation.name_fi
    assert {finding.code for finding in findings} == {"row_without_organization"}


def test_the_second_sheet_holds_those_that_have_ended(sightings: list[Sighting]) -> None:
    items, _ = read(municipal_xlsx(sightings, "Lista"))
    assert [item.native_id for item in items if item.status == "ended"] == [native_ids(sightings)[3]]


def test_the_bytes_depend_on_the_organisations_alone(sightings: list[Sighting]) -> None:
    assert municipal_xlsx(sightings, "Lista") == municipal_xlsx(sightings, "Lista")
    assert municipal_csv(sightings) == municipal_csv(sightings)


def test_letters_that_windows_lacks_make_the_file_utf8(sightings: list[Sighting]) -> None:
    changed = [
        replace(s, organisation=replace(s.organisation, name_fi=f"{s.organisation.name_fi} Čáhci")) for s in sightings
    ]
    body = municipal_csv(changed)
    assert body.startswith(b"\xef\xbb\xbf")
    assert sorted(item.native_id for item in read(body)[0]) == sorted(native_ids(changed))


def test_an_empty_world_makes_an_empty_list() -> None:
    assert read(municipal_csv([]))[0] == []
    assert read(municipal_xlsx([], "Lista"))[0] == []


def test_the_site_serves_the_files(sightings: list[Sighting]) -> None:
    body = municipal_csv(sightings)
    with serving(spreadsheet_site({"lista (1).csv": body, "/x/lista.xlsx": b"x"})) as base:
        client = HttpClient(HttpPolicy(tries=1, obey_robots=False))
        page = client.get(f"{base}/lista%20(1).csv")
        assert (page.body, page.content_type) == (body, "text/csv")
        assert client.get(f"{base}/x/lista.xlsx").body == b"x"
        client.close()
