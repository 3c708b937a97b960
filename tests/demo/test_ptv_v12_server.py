"""The local PTV v12 speaks as its specification does: the key, pages, filters, errors, and the models' exact keys."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pipeline.demo.ptv_catalogue import make_catalogue
from pipeline.demo.ptv_v12_server import KEY, World12, make_world12, ptv_v12_site
from pipeline.demo.server import serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting

MODELS = Path(__file__).parents[2].parent / "shared" / "facts" / "ptv_models_v12.json"
GUIDS = [f"00000000-0000-4000-8000-{n:012d}" for n in range(60)]
PLACE = Place("Esimerkkikatu 3", "70100", "Kuopio", "Kuopio", "297", 62.8924, 27.6770)
NOWHERE = "00000000-0000-4000-8000-999999999999"


def organisation(n: int, activities: tuple[Activity, ...] = (), **more: Any) -> Organisation:
    base = Organisation(
        truth_id=f"t{n}",
        name_fi=f"Esimerkki {n} ry",
        name_sv=None,
        abbreviation="ESI",
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


def sightings() -> list[Sighting]:
    busy = tuple(
        Activity(f"a{n}", "hobby", f"Kerho {n}", None, "K.", "Kaikille.", "T12", PLACE, 3, "17:00", "18:30", True)
        for n in range(30)
    )
    online = replace(busy[0], id="w", online_url="https://verkko.example.fi")
    return [
        Sighting(GUIDS[0], organisation(0, (*busy, online))),
        Sighting(GUIDS[1], organisation(1), GUIDS[0]),
        Sighting(GUIDS[2], organisation(2, phone=None, website=None), GUIDS[1]),
        Sighting(GUIDS[3], organisation(3, place=None, level="national", business_id=None)),
        Sighting(GUIDS[4], organisation(4, type="municipality")),
        Sighting(GUIDS[5], organisation(5, type="company", name_sv="Exempel 5")),
    ]


@pytest.fixture
def world() -> World12:
    return make_world12(sightings())


@pytest.fixture
def base(world: World12) -> Iterator[str]:
    with serving(ptv_v12_site(world=world)) as address:
        yield f"{address}/api/v12"


def ask(url: str, key: str | None = KEY) -> tuple[int, Any]:
    request = Request(url, headers={"x-api-key": key} if key else {})
    try:
        with urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def ids(base: str, query: str) -> list[str]:
    status, body = ask(f"{base}/{query}")
    assert status == 200, body
    return [row["contentId"] for row in body["items"]]


def test_the_key_opens_everything_and_health_is_open(base: str) -> None:
    assert ask(f"{base}/service/search?page=1&pageSize=1", None)[0] == 401
    assert ask(f"{base}/service/search?page=1&pageSize=1", "wrong")[0] == 403
    assert ask(f"{base}/organization/{GUIDS[0]}", None)[0] == 401
    assert ask(base.replace("/api/v12", "/health/liveness"), None) == (200, "healthy")


def test_things_by_id_may_be_open(world: World12) -> None:
    with serving(ptv_v12_site(world=world, keyless_by_id=True)) as address:
        assert ask(f"{address}/api/v12/organization/{GUIDS[0]}", None)[0] == 200
        assert ask(f"{address}/api/v12/organization/search", None)[0] == 401


def test_pages_tell_their_totals_and_are_empty_beyond_the_end(base: str) -> None:
    _, page = ask(f"{base}/service/search?page=2&pageSize=20")
    assert list(page) == ["page", "pageSize", "totalItems", "totalPages", "items"]
    assert (page["page"], page["pageSize"], page["totalItems"], page["totalPages"]) == (2, 20, 31, 2)
    assert len(page["items"]) == 11
    assert ask(f"{base}/service/search?page=9&pageSize=20")[1]["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("service/search?page=0", 400, "Number must be"),
        ("service/search?pageSize=101", 400, "Number must be"),
        ("service/search?colour=red", 400, "Unrecognized key"),
        ("service/search?publishedAtOrAfter=2026-01-01", 400, "Invalid"),
        ("service/search?organizationContentIds=x", 400, "Invalid"),
        ("service/search?municipalities=297", 400, "LimitedArea"),
        ("service/search?areaType=LimitedArea&municipalities=297,297", 400, "unique"),
        (f"connection/search?serviceContentIds={','.join(GUIDS[:21])}", 400, "at most 20"),
        ("organization/archived?page=1&pageSize=1", 400, "Required"),
        ("organization/12", 400, "Invalid uuid"),
        (f"organization/{NOWHERE}", 404, "Unknown"),
        (f"organization/{GUIDS[5]}", 404, "NotPublished"),
        (f"organization/hierarchy/{NOWHERE}", 404, "Not Found"),
        (f"connection/{NOWHERE}/{NOWHERE}", 404, "Unknown"),
    ],
)
def test_errors_are_problem_details(base: str, world: World12, path: str, status: int, words: str) -> None:
    world.unpublished.add(GUIDS[5])
    told, body = ask(f"{base}/{path}")
    assert (told, body["status"]) == (status, status)
    assert {"title", "detail", "status", "type", "requestId", "instance"} <= set(body)
    assert words in json.dumps(body)
    assert ("errors" in body) == (status == 400)
    assert ("reason" in body) == (status == 404 and "hierarchy" not in path)


def test_filters(base: str) -> None:
    assert ids(base, "organization/search?businessIds=9000001-0") == [GUIDS[n] for n in (0, 1, 4, 5)]
    assert ids(base, "organization/search?organizationTypes=Company&organizationTypes=State") == [GUIDS[5]]
    assert ids(base, "organization/search?areaType=WholeCountry") == [GUIDS[3]]
    limited = "organization/search?areaType=LimitedArea"
    assert ids(base, f"{limited}&municipalities=297,140") == []  # all is the default
    assert len(ids(base, f"{limited}&municipalities=297&municipalities=140&municipalitiesMatch=any")) == 4
    assert ids(base, "organization/search?languageVersions=sv") == [GUIDS[5]]
    assert len(ids(base, f"service/search?organizationContentIds={GUIDS[0]},{GUIDS[1]}")) == 31
    assert ids(base, "service/search?serviceTypes=PermitOrOtherObligation") == []
    kinds = ask(f"{base}/service-channel/search?channelTypes=EService,WebPage")[1]["items"]
    assert {row["serviceChannelType"] for row in kinds} <= {"EService", "WebPage"} and kinds
    assert ask(f"{base}/postal-codes?codes=70100")[1]["items"][0]["name"]["fi"] == "KUOPIO"
    assert ask(f"{base}/municipality-codes?name=kuop")[1]["items"][0]["code"] == "297"


def test_what_was_published_late_is_found_by_its_moment(base: str, world: World12) -> None:
    moments = sorted(row["publishedAt"] for row in world.rows["service"] if row["publishedAt"])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment) for moment in moments)
    found = ids(base, f"service/search?publishedAtOrAfter={moments[-2]}")
    assert len(found) == 2
    world.archived["service"] = [("2026-05-01T00:00:00Z", GUIDS[9]), ("2026-06-01T00:00:00Z", GUIDS[10])]
    _, page = ask(f"{base}/service/archived?page=1&pageSize=9&archivedAtOrAfter=2026-06-01T00:00:00Z")
    assert page["items"] == [{"contentId": GUIDS[10]}]


def test_connections_are_found_from_both_ends_and_by_both_ids(base: str, world: World12) -> None:
    one = world.rows["connection"][0]
    service, channel = one["serviceContentId"], one["channelContentId"]
    assert ask(f"{base}/connection/{service}/{channel}") == (200, one)
    for key, wanted in (("serviceContentIds", service), ("channelContentIds", channel)):
        assert one in ask(f"{base}/connection/search?{key}={wanted}")[1]["items"]
    links = {(row["serviceContentId"], row["channelContentId"]) for row in world.rows["connection"]}
    services = make_catalogue(sightings()).services.values()
    assert links == {(e.id, link["serviceChannel"]["id"]) for e in services for link in e.body["serviceChannels"]}
    world.rows["connection"].remove(one)  # silently: neither archived nor changed
    assert ask(f"{base}/connection/{service}/{channel}")[0] == 404


def test_organisations_without_content_are_found_by_id_only(base: str) -> None:
    assert GUIDS[2] not in ids(base, "organization/search")
    assert ask(f"{base}/organization/{GUIDS[2]}")[1]["parentOrganizationContentId"] == GUIDS[1]
    assert ask(f"{base}/organization/hierarchy/{GUIDS[0]}")[1]["edges"] == [
        {"childContentId": GUIDS[1], "parentContentId": GUIDS[0]},
        {"childContentId": GUIDS[2], "parentContentId": GUIDS[1]},
    ]


def test_shapes_that_are_easily_missed_are_there(world: World12) -> None:
    rows = {row["contentId"]: row for row in world.rows["organization"]}
    assert rows[GUIDS[4]]["area"] == {"areaType": "LimitedArea", "municipalities": ["297"]}
    assert rows[GUIDS[3]]["businessId"] == ""
    every = [row for kind in ("organization", "service", "service-channel") for row in world.rows[kind]]
    assert {"migratedAt" in row for row in every} == {True, False}
    assert {row["publishedAt"] is None for row in every} == {True, False}
    assert world.lists["service-classes"][0]["name"]["se"] == ""
    assert "Aino" not in json.dumps(every)


def test_rows_slip_and_orders_change_when_told_to(world: World12) -> None:
    with serving(ptv_v12_site(world=world, shuffled=True)) as address:
        base = f"{address}/api/v12"
        assert ids(base, "service/search") != ids(base, "service/search")
    with serving(ptv_v12_site(world=world, slips=1)) as address:
        base = f"{address}/api/v12"
        read = [one for number in (1, 2) for one in ids(base, f"service/search?page={number}&pageSize=20")]
        assert len(read) == 31 and len(set(read)) == 30


def test_the_same_world_gives_the_same_bytes() -> None:
    paths = ("/api/v12/service/search?page=1&pageSize=100", f"/api/v12/organization/{GUIDS[0]}")
    one, other = ptv_v12_site(sightings()), ptv_v12_site(sightings())
    for path in paths:
        assert one.answer(path, {"x-api-key": KEY})[0] == other.answer(path, {"x-api-key": KEY})[0]


def check(value: Any, model: Any, models: dict[str, Any], path: str) -> None:
    """Every object has exactly the keys of its model, all the way down; unions by their discriminator."""
    if isinstance(model, str):
        optional, model = model.startswith("?"), model.removeprefix("?")
        if model.endswith("|null") and value is None:
            return
        model = model.removesuffix("|null")
        assert value is not None or optional or "null" in model, path
        if model.startswith("[]"):
            assert isinstance(value, list), path
            for entry in value:
                check(entry, model[2:], models, f"{path}[]")
        elif model.startswith("="):
            assert value == model[1:], path
        elif model in models:
            check(value, models[model], models, path)
        return
    if "$is" in model or "$enum" in model:
        assert not model.get("$enum") or value in model["$enum"], f"{path}: {value}"
        return
    if "$union" in model:
        key = model["$discriminator"]
        found = [member for member in model["$union"] if models[member].get(key) == f"={value[key]}"]
        assert len(found) == 1, f"{path}: {value[key]}"
        check(value, models[found[0]], models, path)
        return
    fields = {key: inner for key, inner in model.items() if not key.startswith("$")}
    assert set(value) <= set(fields), f"{path}: {set(value) - set(fields)}"
    missing = {key for key, inner in fields.items() if key not in value and not str(inner).startswith("?")}
    assert not missing, f"{path}: {missing}"
    for key in value:
        check(value[key], fields[key], models, f"{path}.{key}")


def test_every_object_has_exactly_the_keys_of_the_platform(world: World12) -> None:
    if not MODELS.exists():
        pytest.skip("no models of PTV here")
    models = json.loads(MODELS.read_text(encoding="utf-8"))["models"]
    expected = {
        "organization": "OrganizationResponse",
        "service": "ServiceResponse",
        "service-channel": "ChannelResponse",
        "connection": "ConnectionResponse",
    }
    for kind, model in expected.items():
        for row in world.rows[kind]:
            check(row, model, models, kind)
    lists = {"service-classes": "ServiceClass", "ontology-terms": "OntologyTerm", "postal-codes": "PostalCode"}
    for name, model in (lists | {"region-codes": "RegionCode"}).items():
        for row in world.lists[name]:
            check(row, model, models, name)
    kinds = {row["serviceChannelType"] for row in world.rows["service-channel"]}
    assert kinds == {"EService", "TelephoneService", "PrintableForm", "ServiceLocation", "WebPage"}
