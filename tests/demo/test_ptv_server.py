"""The local PTV speaks like the real one: keys, pages, errors, and which organisations it lists."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from pipeline.demo.projection import to_tm35fin
from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.server import Site, serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting

MODELS = Path(__file__).parents[2].parent / "shared" / "facts" / "ptv_models_v11.json"
GUIDS = [f"00000000-0000-4000-8000-{n:012d}" for n in range(60)]
PLACE = Place("Esimerkkikatu 3", "70100", "Kuopio", "Kuopio", "297", 62.8924, 27.6770)


def organisation(n: int, activities: tuple[Activity, ...] = (), **more: Any) -> Organisation:
    base = Organisation(
        truth_id=f"t{n}",
        name_fi=f"Esimerkki {n} ry",
        name_sv=None,
        abbreviation=None,
        legal_form="ry",
        type="association",
        level="local",
        umbrella=None,
        business_id="9000001-0",
        association_number=None,
        place=PLACE,
        phone="040 000 0123",
        email="info@example.fi",
        website="https://example.fi",
        theme="T04",
        summary_fi="Tukee.",
        description_fi="Tukee jäseniään.",
        description_sv=None,
        contact_name="Aino Esimerkki",
        contact_title=None,
        parent_truth_id=None,
        activities=activities,
    )
    return replace(base, **more)


def activity(key: str, **more: Any) -> Activity:
    base = Activity(
        key, "hobby", f"Kerho {key}", None, "Kerho.", "Kerho kaikille.", "T12", PLACE, 3, "17:00", "18:30", True
    )
    return replace(base, **more)


def world() -> list[Sighting]:
    busy = tuple(activity(f"a{i}", theme=f"T{i % 20 + 1:02d}", age_range=(7, 12)) for i in range(40))
    return [
        Sighting(GUIDS[0], organisation(0, busy)),
        Sighting(GUIDS[1], organisation(1), GUIDS[2]),
        Sighting(GUIDS[2], organisation(2, phone=None, website=None), GUIDS[0]),
        Sighting(GUIDS[3], organisation(3, phone=None, place=None, level="national", business_id=None)),
        Sighting(GUIDS[4], organisation(4, (activity("e", kind="event"), activity("v", kind="volunteering")))),
        Sighting(GUIDS[5], organisation(5, type="municipality")),
    ]


@pytest.fixture
def site() -> Site:
    return ptv_site(world(), page_size=3, list_page_size=30)


@pytest.fixture
def base(site: Site) -> Iterator[str]:
    with serving(site) as address:
        yield f"{address}/api/v11"


def ask(url: str) -> tuple[int, Any]:
    try:
        with urlopen(url) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            body = error.read()
            return error.code, json.loads(body) if body else None


def every(base: str, kind: str) -> list[dict[str, Any]]:
    """All rows of an id list."""
    found, number, count = [], 1, 1
    while number <= count:
        _, page = ask(f"{base}/{kind}?page={number}")
        count, number = page["pageCount"], number + 1
        found += page["itemList"] or []
    return found


def test_only_organisations_with_content_are_listed_the_others_are_found_by_id(base: str) -> None:
    assert [row["id"] for row in every(base, "Organization")] == [GUIDS[n] for n in (0, 1, 3, 4, 5)]
    assert ask(f"{base}/organization/{GUIDS[2]}")[1]["organizationRootId"] == GUIDS[0]
    assert ask(f"{base}/Organization/{GUIDS[0]}")[1]["subOrganizations"] == [{"id": GUIDS[2], "name": "Esimerkki 2 ry"}]


def test_pages_have_an_envelope_and_null_beyond_the_end(base: str) -> None:
    status, page = ask(f"{base}/Organization?page=2")
    assert (status, list(page)) == (200, ["pageNumber", "pageSize", "pageCount", "itemList"])
    assert (page["pageNumber"], page["pageSize"], page["pageCount"], len(page["itemList"])) == (2, 3, 2, 2)
    assert set(page["itemList"][0]) == {"id", "name", "parentOrganizationId"}
    assert ask(f"{base}/Organization?page=3")[1] == {"pageNumber": 3, "pageSize": 3, "pageCount": 2, "itemList": None}
    assert ask(f"{base}/Organization?page=0")[1]["itemList"] is None
    assert ask(f"{base}/Organization?page=-1") == (400, {"page": ["The page number cannot be negative value."]})
    whole = ask(f"{base}/Service/list/area/Municipality/code/297?page=2&includeWholeCountry=false")[1]
    assert (whole["pageSize"], whole["pageCount"], len(whole["itemList"])) == (30, 2, 10)


def test_lists_are_bare_arrays_that_leave_out_what_does_not_exist(base: str) -> None:
    status, found = ask(f"{base}/Organization/list?guids={GUIDS[0]},{GUIDS[50]}")
    assert (status, [o["id"] for o in found]) == (200, [GUIDS[0]])
    assert ask(f"{base}/Service/list?guids={GUIDS[50]}") == (404, {"errorMessage": "Services not found."})
    assert ask(f"{base}/ServiceChannel/list") == (400, {"guids": ["Property guids is required."]})
    assert ask(f"{base}/Service/list?guids=x") == (400, {"guids": ["Cannot parse 'x' to type of Guid."]})
    assert len(ask(f"{base}/Organization/businesscode/9000001-0")[1]) == 5


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("Organization/12", 400, {"id": re.compile("Guid should contain 32 digits")}),
        (f"Service/{GUIDS[50]}", 404, {"errorMessage": f"Service with id '{GUIDS[50]}' not found."}),
        (f"ServiceChannel/{GUIDS[50]}", 404, {"errorMessage": f"Service channel with id '{GUIDS[50]}' not found."}),
        ("Organization/businesscode/9", 400, {"code": re.compile("must match the regular expression")}),
        ("Organization/businesscode/9999999-9", 404, {"errorMessage": re.compile("not found")}),
        ("Service/list/area/Municipality/code/999", 404, {"errorMessage": "Municipality with code '999' not found."}),
        ("Service/list/area/Village/code/1", 400, {"area": re.compile("The field is invalid")}),
        ("Service?date=2026-01-01", 400, {"date": ["The date parameter is invalid."]}),
        ("Service?date=2026-01-01T00:00:00Z", 400, {"date": ["The date parameter is invalid."]}),
        ("Service?status=New", 400, {"status": re.compile("The field is invalid")}),
        ("Service/list/organization", 400, {"organizationId": re.compile("has to be set")}),
        ("Service/active", 401, None),
    ],
)
def test_errors_have_the_shapes_of_the_platform(base: str, path: str, status: int, body: Any) -> None:
    told, found = ask(f"{base}/{path}")
    assert told == status
    for key, words in (body or {}).items():
        value = found[key]
        assert words.search(str(value)) if isinstance(words, re.Pattern) else value == words


def test_dates_filter_strictly(base: str) -> None:
    rows = every(base, "Service")
    changed = sorted(ask(f"{base}/Service/{row['id']}")[1]["modified"][:19] for row in rows)
    assert len(changed) == 40
    late = ask(f"{base}/Service?date={changed[-1]}&page=1")[1]["itemList"]
    early = ask(f"{base}/Service?dateBefore={changed[0]}&page=1")[1]["itemList"]
    assert len(late or []) <= 1
    assert early is None
    assert ask(f"{base}/Service?status=Archived")[1]["pageCount"] == 0


def test_activities_become_services_and_all_five_kinds_of_channels(base: str) -> None:
    channels = [ask(f"{base}/ServiceChannel/{row['id']}")[1] for row in every(base, "ServiceChannel")]
    kinds = {c["serviceChannelType"] for c in channels}
    assert kinds == {"ServiceLocation", "EChannel", "WebPage", "Phone", "PrintableForm"}
    services = {row["id"]: ask(f"{base}/Service/{row['id']}")[1] for row in every(base, "Service")}
    ours = {(sid, c["serviceChannel"]["id"]) for sid, s in services.items() for c in s["serviceChannels"]}
    theirs = {(s["service"]["id"], c["id"]) for c in channels for s in c["services"]}
    assert ours == theirs
    assert "Kerho e" not in {s["serviceNames"][0]["value"] for s in services.values()}
    assert ask(f"{base}/ServiceChannel/type/Phone")[1]["itemList"]
    assert ask(f"{base}/Service/serviceChannel/{channels[0]['id']}")[1]["itemList"][0]["id"] in services


def test_what_is_on_the_web_has_a_channel_there() -> None:
    online = [activity(f"w{n}", online_url="https://verkko.example.fi") for n in range(6)]
    site = ptv_site([Sighting(GUIDS[0], organisation(0, tuple(online), website=None))])
    with serving(site) as address:
        rows = every(f"{address}/api/v11", "ServiceChannel")
        shapes = [ask(f"{address}/api/v11/ServiceChannel/{row['id']}")[1] for row in rows]
    urls = [s["webPages"][0]["url"] for s in shapes if s["serviceChannelType"] in ("EChannel", "WebPage")]
    assert urls == ["https://verkko.example.fi"] * 6


def test_the_same_world_gives_the_same_bytes(site: Site) -> None:
    again = ptv_site(world(), page_size=3, list_page_size=30)
    for path in ("/api/v11/Service/list/area/Municipality/code/297", f"/api/v11/Organization/{GUIDS[0]}"):
        assert site.answer(path, {})[0] == again.answer(path, {})[0]


def test_moments_are_naive_and_nobody_sees_source_ids_or_contact_persons(base: str) -> None:
    _, found = ask(f"{base}/Organization/{GUIDS[0]}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?", found["modified"])
    assert found["sourceId"] is None
    assert "Aino" not in json.dumps(found)
    assert found["phoneNumbers"][0]["number"] == "400000123"


CHANNELS = {
    "EChannel": "V11VmOpenApiElectronicChannel",
    "Phone": "V11VmOpenApiPhoneChannel",
    "PrintableForm": "V11VmOpenApiPrintableFormChannel",
    "ServiceLocation": "V11VmOpenApiServiceLocationChannel",
    "WebPage": "V11VmOpenApiWebPageChannel",
}


def check_keys(value: Any, model: Any, models: dict[str, Any], path: str) -> None:
    """Every object has exactly the keys of its model, all the way down."""
    if isinstance(model, list):
        for entry in value or []:
            check_keys(entry, model[0], models, path + "[]")
    elif isinstance(model, str) and model in models and value is not None:
        fields = models[model]["fields_in_serialisation_order"]
        assert set(value) == set(fields), path
        for key, inner in fields.items():
            check_keys(value[key], inner, models, f"{path}.{key}")


def test_every_object_has_exactly_the_keys_of_the_platform(base: str) -> None:
    if not MODELS.exists():
        pytest.skip("no models of PTV here")
    models = json.loads(MODELS.read_text(encoding="utf-8"))["models"]
    for n in range(6):
        check_keys(ask(f"{base}/Organization/{GUIDS[n]}")[1], "V10VmOpenApiOrganization", models, "organization")
    for row in every(base, "Service"):
        check_keys(ask(f"{base}/Service/{row['id']}")[1], "V11VmOpenApiService", models, "service")
    for row in every(base, "ServiceChannel"):
        channel = ask(f"{base}/ServiceChannel/{row['id']}")[1]
        check_keys(channel, CHANNELS[channel["serviceChannelType"]], models, channel["serviceChannelType"])


TO_TM35FIN = Transformer.from_crs("EPSG:4326", "EPSG:3067")


@given(st.floats(59.5, 70.2), st.floats(19.0, 31.7))
def test_the_projection_agrees_with_proj_to_a_centimetre(latitude: float, longitude: float) -> None:
    easting, northing = TO_TM35FIN.transform(latitude, longitude)
    assert to_tm35fin(latitude, longitude) == pytest.approx((northing, easting), abs=0.01)
