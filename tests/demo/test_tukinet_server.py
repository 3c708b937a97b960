"""What the invented Tukinet shows of its groups comes back from the connector, and nothing of what users write."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo import sightings
from pipeline.demo.region import make_world
from pipeline.demo.server import serving
from pipeline.demo.tukinet_server import FORBIDDEN, SECRET, groups_of, shown_time, tukinet_site
from pipeline.sources.archive import import_into
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture, SnapshotWriter
from pipeline.sources.tukinet.fetch import fetch
from pipeline.sources.tukinet.parse import parse
from pipeline.transform.landing import land

ABOUT = descriptions()["tukinet"]
SEEN = sightings.observe(make_world(120, 5)).sightings["lahella"]
GROUPS = groups_of(SEEN)


@pytest.fixture(scope="module")
def captures() -> Iterator[list[Capture]]:
    site = tukinet_site(SEEN)
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with serving(site) as base:
        fetch(FetchJob("t", {"base_url": base}, ABOUT, client, kept.append, Path(), (), now, lambda text: None))
    client.close()
    yield kept
    assert not [path for path in site.asked if any(word in path for word in FORBIDDEN)]


def test_every_group_comes_back_with_keeper_access_and_time(captures: list[Capture]) -> None:
    parsed = list(parse(captures, ABOUT, {}))
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    services = [p for p in parsed if isinstance(p, Item) and p.kind == "service"]
    owners = {p.native_id: p.names[0].value for p in parsed if isinstance(p, Item) and p.kind == "organization"}
    assert set(owners.values()) == {name for g in GROUPS for name in g.keepers}
    for item, group in zip(services, GROUPS, strict=True):
        assert (item.native_id, item.names[0].value) == (group.id, group.activity.name_fi)
        assert (item.service_kind, owners[item.organization or ""]) == ("online_group", group.keepers[0])
        several = ["\n".join(group.keepers)] if len(group.keepers) > 1 else []
        assert [t.value for t in item.texts if t.field == "organizers"] == several
        assert [t.code for t in item.terms if t.scheme == "access"] == ["open" if group.is_open else "closed"]
        (rule,) = item.hours
        assert (rule.description, rule.freq) == (shown_time(group.activity), "WEEKLY")
        assert (rule.opens_at, rule.closes_at[:2]) == (group.activity.opens_at, group.activity.closes_at[:2])
        assert item.addresses == [] and item.areas == []
    landed = land(parsed, source="tukinet", snapshot_version="1")
    assert (landed.organizations, landed.services, landed.issues) == (len(owners), len(GROUPS), 0)


def test_nothing_that_users_write_is_kept_or_read(captures: list[Capture]) -> None:
    assert not [c.uri for c in captures if b"Aamunkoi" in c.body or b"viesti" in c.body]
    page = f'<main><h1>Ryhmä</h1><dl><dt>Ylläpitäjä</dt><dd>A ry</dd></dl><div class="viesti">{SECRET}</div></main>'
    archived = Capture("https://tukinet.example/teema/1", page.encode(), "text/html", datetime(2020, 1, 1, tzinfo=UTC))
    parsed = list(parse([archived], ABOUT, {}))
    assert any(isinstance(p, Item) for p in parsed) and "Aamunkoi" not in str(parsed)


def test_the_order_of_pages_does_not_change_the_items(captures: list[Capture]) -> None:
    assert sorted(map(str, parse(reversed(captures), ABOUT, {}))) == sorted(map(str, parse(captures, ABOUT, {})))


def test_an_archive_is_kept_without_what_users_wrote(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    site = tukinet_site(SEEN)
    for name in ("teemat", "teema/200", "keskustelu/200"):
        (tmp_path / "saved" / f"{name.replace('/', '_')}.html").write_bytes(site.answer(f"/{name}", {})[0].body)
    assert SECRET.encode() in (tmp_path / "saved" / "teema_200.html").read_bytes()
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy())
    now = datetime(2026, 11, 23, tzinfo=UTC)
    job = FetchJob("t", {"archive": "saved"}, ABOUT, client, kept.append, tmp_path, (), now, lambda text: None)
    with SnapshotWriter(tmp_path / "old", "t", now) as writer:
        for uri in ("https://t.example.fi/teema/7", "https://t.example.fi/keskustelu/7"):
            writer.add(Capture(uri, (tmp_path / "saved" / "teema_200.html").read_bytes(), "text/html", now))
    import_into(job, "saved")
    import_into(job, "old/t/*/*.warc.gz")
    client.close()
    assert len(kept) == 3 and not [c.uri for c in kept if b"Aamunkoi" in c.body]
    parsed = list(parse(kept, ABOUT, {}))
    assert {p.native_id for p in parsed if isinstance(p, Item) and p.kind == "service"} == {"teema_200", "7"}
