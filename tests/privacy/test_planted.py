"""What is suppressed occurs in no byte of what is published or kept: planted strings are looked for everywhere.

Persons, a record and fields are planted on every kind of platform and in every kind of field; one run shows that the
search finds them, then they are suppressed, the platforms go on sending them, and nothing of them may be left.
"""

import gzip
import html
import io
import json
import sqlite3
import zipfile
from contextlib import ExitStack, closing
from dataclasses import replace
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.demo import run as demo_run
from pipeline.demo import sightings
from pipeline.demo.events_server import events_site
from pipeline.demo.region import make_world
from pipeline.demo.server import serving
from pipeline.demo.stea_server import stea_site
from pipeline.demo.vapaaehtoistyo_server import vapaaehtoistyo_site
from pipeline.orchestration.run import run
from pipeline.privacy.asking import ask
from pipeline.settings import load
from pipeline.sources.snapshots import read_warc

pytestmark = pytest.mark.slow

PERSON = "Ägidius Öljymäki-Testinen"
PHONE = "044 000 0977"
EMAIL = "agidius.oljymaki@example.org"
PERSONS = (PERSON, PHONE, EMAIL)
RECORD_WORDS = "Kvasaarikerho Zyxväinö"
"""Stands in the name and the texts of the organisation whose records are suppressed."""
RECORD_MAIL = "kvasaari@zyx.example.fi"
FIELD_MAIL = "salattava-osoite@pois.example.fi"
TEXT = (
    f"Tervetuloa! Lisätietoja antaa {PERSON.upper()} (+358 44 000-0977) tai agidius.oljymaki(at)example.org. "
    "Öljymäki-Testinen, Ägidius vastaa myös: 0440000977."
)


def planted(world):
    """The world with a person in every second organisation, and one organisation and one field that must go."""
    seen = {}
    for source, listed in world.sightings.items():
        made = []
        for place, sighting in enumerate(listed):
            o = sighting.organisation
            if place == 0:
                o = replace(o, name_fi=f"{RECORD_WORDS} ry", name_sv=None, email=RECORD_MAIL, phone="017 000 0955",
                            description_fi=f"{RECORD_WORDS} tekee kaikkea.", summary_fi=f"{RECORD_WORDS}.")  # fmt: skip
            elif place == 1:
                o = replace(o, email=FIELD_MAIL)
            elif place % 2:
                activities = tuple(
                    replace(a, summary_fi=TEXT, description_fi=TEXT, name_fi=f"{a.name_fi} / {PERSON}")
                    for a in o.activities
                )
                o = replace(o, contact_name=PERSON, phone=PHONE, email=EMAIL, description_fi=TEXT, summary_fi=TEXT,
                            website="https://example.org/" + quote(PERSON), activities=activities)  # fmt: skip
            made.append(replace(sighting, organisation=o))
        seen[source] = made
    return replace(world, sightings=seen)


class Everything:
    """The seven platforms, one folder of data, and a search through all bytes that are left."""

    def __init__(self, folder):
        self.folder = folder
        self.world = planted(sightings.observe(make_world(20, 5)))
        self.said = []

    def sync(self):
        lahella = self.world.sightings["lahella"]
        numbered = [replace(s, native_id=str(i + 1)) for i, s in enumerate(lahella)]
        more = {
            "stea": stea_site(numbered),
            "vapaaehtoistyo": vapaaehtoistyo_site(lahella, "key"),
            "kalenteri": events_site(lahella),
        }
        with ExitStack() as stack:
            addresses = stack.enter_context(demo_run.platforms(self.world))
            path = demo_run.write_config(self.folder, addresses, 7)
            at = {name: stack.enter_context(serving(site)) for name, site in more.items()}
            config = yaml.safe_load(path.read_text(encoding="utf-8"))
            config["sources"]["stea"] = {
                "base_url": at["stea"], "id_range": f"1-{len(numbered) + 2}", "pace_seconds": 0}  # fmt: skip
            config["sources"]["vapaaehtoistyo"] = {
                "base_url": at["vapaaehtoistyo"], "token": "${KEY}", "pace_seconds": 0}  # fmt: skip
            config["sources"]["kalenteri"] = {"kind": "events", "url": f"{at['kalenteri']}/v1/", "pace_seconds": 0}
            config["privacy"] = {"contact_persons": True}  # or persons would be left out anyway
            path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
            self.settings = load(path, environment={"LAHELLA_TOKEN": demo_run.TOKEN, "KEY": "key"})
            return run(self.settings, report=lambda *said: self.said.append(said))

    def where(self, *values):
        """Files in which a value occurs, in any of its dresses: (file, value)."""
        found = set()
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file() and "ledger" not in p.parts):
            text = "\n".join(texts_of(path))
            lower, digits = text.casefold(), "".join(c for c in text if c.isdigit())
            for value in values:
                hit = "440000977" in digits if value == PHONE else any(d.casefold() in lower for d in dresses(value))
                if hit:
                    found.add((path.relative_to(self.folder).as_posix(), value))
        return found


def dresses(value):
    """A value as it may be written in files."""
    forms = {value, " ".join(reversed(value.split())), json.dumps(value)[1:-1], quote(value)}
    forms |= {html.escape(value), value.encode("ascii", "xmlcharrefreplace").decode(), value.replace(" ", "&nbsp;")}
    forms |= {value.encode("utf-8").decode("latin-1"), value.replace("@", "(at)"), value.replace("@", "%40")}
    return forms


def texts_of(path):
    """Everything that a file says: packed parts unpacked, tables as text, and the raw bytes in three encodings."""
    raw = path.read_bytes()
    yield from decoded(raw)
    if path.suffix == ".parquet":
        yield cells(pq.read_table(path))
    elif path.name.endswith(".warc.gz"):
        for capture in read_warc(path):
            yield capture.uri
            yield from unpacked(capture.body)
        yield from unpacked(raw)
    elif path.suffix == ".duckdb":
        with closing(duckdb.connect(str(path), read_only=True)) as con:
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield cells(con.sql(f'SELECT * FROM "{name}"').to_arrow_table())
    elif raw.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as con:
            yield "\n".join(con.iterdump())


def cells(table):
    return "\n".join(str(v) for c in table.columns if pa.types.is_string(c.type) for v in c.to_pylist() if v)


def unpacked(body):
    if body.startswith(b"\x1f\x8b"):
        yield from unpacked(gzip.GzipFile(fileobj=io.BytesIO(body)).read())
    elif body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield from unpacked(packed.read(name))
    yield from decoded(body)


def decoded(raw):
    for encoding in ("utf-8", "utf-16-le", "latin-1"):
        yield raw.decode(encoding, "ignore")


def suppress(folder, *arguments):
    result = CliRunner().invoke(
        cli, ["suppress", *arguments, "--reason", "asked", "--author", "me", "--config", str(folder / "koonti.yml")],
        env={"LAHELLA_TOKEN": demo_run.TOKEN, "KEY": "key"},
    )  # fmt: skip
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """What was where before, after the command, and after the platforms sent it all again."""
    all_of_it = Everything(tmp_path_factory.mktemp("planted") / "data")
    first = all_of_it.sync()
    assert first.release, (first.stop, first.failed_checks)
    values = (*PERSONS, RECORD_WORDS, RECORD_MAIL, FIELD_MAIL)
    before = all_of_it.where(*values)
    wanted = [
        row["record_id"]
        for s in all_of_it.settings.sources
        for row in pq.read_table(all_of_it.settings.records_dir / s.id / "record.parquet").to_pylist()
        if row["kind"] == "organization" and RECORD_WORDS.casefold() in row["name"].casefold()
    ]
    outputs = [suppress(all_of_it.folder, *wanted)]
    mails = {
        row["organization_id"]
        for s in all_of_it.settings.sources
        for row in pq.read_table(all_of_it.settings.records_dir / s.id / "email.parquet").to_pylist()
        if row["email"] == FIELD_MAIL and row["organization_id"]
    }
    ask(all_of_it.settings, targets=sorted(mails), field_name="email", values=(), reason="asked", author="me")
    outputs.append(suppress(all_of_it.folder, *(a for p in PERSONS for a in ("--person", p))))
    after = all_of_it.where(*values)
    all_of_it.said.clear()
    again = all_of_it.sync()
    return {
        "region": all_of_it, "before": before, "after": after, "again": again, "later": all_of_it.where(*values),
        "outputs": outputs,
    }  # fmt: skip


def test_the_search_finds_what_was_planted_on_every_platform_and_in_the_release(story):
    files = {path for path, _ in story["before"]}
    for source in story["region"].settings.sources:
        assert any(f.startswith(f"snapshots/{source.id}/") for f in files), source.id
        assert any(f.startswith(f"records/{source.id}/") for f in files), source.id
    assert any(f.endswith("catalogue.duckdb") for f in files)
    for table in ("organization", "contact", "phone", "email", "text", "assertion", "bridge", "service"):
        assert any(f.endswith(f"parquet/{table}.parquet") and f.startswith("releases/") for f in files), table
    assert any(".dagster" in f for f in files), "the history of runs shows nothing to clear"


def test_after_the_command_nothing_is_left_in_any_byte(story):
    assert story["after"] == set()


def test_the_platforms_sending_it_again_brings_nothing_back(story):
    assert story["later"] == set()
    assert (story["again"].exit_code, story["again"].stop, story["again"].failed_checks) == (0, None, [])


def test_the_release_stays_readable_and_the_older_ones_are_withdrawn(story):
    releases = story["region"].settings.releases_dir
    current = json.loads((releases / "latest.json").read_text(encoding="utf-8"))["version"]
    assert pq.read_table(releases / current / "parquet" / "organization.parquet").num_rows > 5
    manifests = [json.loads(p.read_text(encoding="utf-8")) for p in releases.glob("*/manifest.json")]
    assert sum("withdrawn_at" in m for m in manifests) >= 2


def test_a_suppressed_organisation_is_a_tombstone_and_its_records_are_told_nowhere(story):
    releases = story["region"].settings.releases_dir
    current = json.loads((releases / "latest.json").read_text(encoding="utf-8"))["version"]
    states = pq.read_table(releases / current / "parquet" / "entity_registry.parquet").column("state").to_pylist()
    assert "suppressed" in states


def test_neither_the_command_nor_the_progress_shows_a_value(story):
    said = "\n".join(story["outputs"]) + str(story["region"].said)
    for value in (*PERSONS, RECORD_MAIL, FIELD_MAIL):
        assert value not in said


def test_the_ledger_is_readable_for_its_owner_only(story):
    path = story["region"].settings.ledger_dir / "suppressions.csv"
    assert path.stat().st_mode & 0o077 == 0
