"""What the invented register serves comes back from the connector as the very sightings."""

from datetime import UTC, datetime
from pathlib import Path

from pipeline.demo.server import serving
from pipeline.demo.world import Organisation, Place, Sighting
from pipeline.demo.ytj_server import PATH, former_name, ytj_site
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.ytj.fetch import fetch
from pipeline.sources.ytj.parse import parse
from pipeline.transform.identifiers import business_id_check_digit

NUMBERS = [
    f"{n:07d}-{check}"
    for n in range(9_000_000, 9_000_060)
    if (check := business_id_check_digit(f"{n:07d}")) is not None
]
FORMS = (("ry", "association"), ("sr", "foundation"), ("osk", "cooperative"))


def sighting(n: int) -> Sighting:
    form, kind = FORMS[n % 3]
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Kuopion Kerho {n} {form}", name_sv=f"Kuopio klubb {n}" if n % 2 else None,
        abbreviation=f"KK{n}" if n % 4 == 0 else None, legal_form=form, type=kind, level="local", umbrella=None,
        business_id=NUMBERS[n], association_number=None,
        place=Place(f"Kivikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9, 27.7) if n % 5 else None,
        phone=None, email=None, website=f"https://kerho{n}.example.fi" if n % 2 else None, theme="T12",
        summary_fi="", description_fi="", description_sv=None, contact_name=None, contact_title=None,
        parent_truth_id=None, is_active=n % 7 != 6,
    )  # fmt: skip
    return Sighting(str(n), organisation)


SIGHTINGS = [sighting(n) for n in range(30)]


def read(tmp_path: Path, busy_every: int = 0) -> list[Parsed]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["ytj"]
    now = datetime(2026, 11, 23, tzinfo=UTC)
    (tmp_path / "tunnukset.csv").write_text("tunnus\n" + "\n".join(NUMBERS[:40]))
    try:
        with serving(ytj_site(SIGHTINGS, busy_every=busy_every)) as base:
            options = {"base_url": base + PATH, "business_ids_file": "tunnukset.csv"}
            fetch(FetchJob("ytj", options, about, client, kept.append, tmp_path, (), now, lambda text: None))
    finally:
        client.close()
    return list(parse(kept, about, {}))


def test_every_organisation_comes_back_and_unknown_ids_are_only_told(tmp_path: Path) -> None:
    parsed = read(tmp_path)
    found = [p for p in parsed if isinstance(p, Item)]
    for item, s in zip(found, SIGHTINGS, strict=True):
        o = s.organisation
        shown = [(o.name_fi, "official"), (former_name(o), "former")]
        shown += [(o.name_sv, "parallel")] if o.name_sv else []
        shown += [(o.abbreviation, "alternative")] if o.abbreviation else []
        assert sorted((str(n.value), n.kind) for n in item.names) == sorted(shown)
        assert (item.native_id, item.legal_form, item.organization_type) == (o.business_id, o.legal_form, o.type)
        assert item.status == ("registered" if o.is_active else "ceased")
        assert [link.value for link in item.links] == [v for v in (o.website,) if v]
        assert [(a.street, a.postal_code, a.city, a.municipality_code) for a in item.addresses] == [
            (p.street, p.postal_code, p.city, p.municipality_code) for p in (o.place,) if p
        ]
    rest = [p for p in parsed if not isinstance(p, Item)]
    assert {(p.value, p.level) for p in rest if isinstance(p, Finding)} == {(n, "info") for n in NUMBERS[30:40]}
    assert len(rest) == 10 and "Maija" not in repr(parsed)


def test_a_busy_register_is_asked_again_with_the_same_outcome(tmp_path: Path) -> None:
    assert read(tmp_path, busy_every=5) == read(tmp_path)
