"""What a night takes over from the night before: the files are those of a night that remembers nothing."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import console, records, stages, takeover
from pipeline.outcomes import SourceOutcome, earlier
from pipeline.settings import Settings, SourceSettings
from pipeline.sources.snapshots import Capture, SnapshotWriter
from pipeline.storage import read_table

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MOBILE = "040 000 0123"
Made = Callable[[list[Any], datetime], list[Capture]]


def events(found: list[Any], at: datetime) -> list[Capture]:
    """Linked Events: organisers become organisations, places are shared."""
    data = [
        {
            "id": f"k:{number}",
            "name": {"fi": f"Tapahtuma {number}"},
            "provider": {"fi": name},
            "description": {"fi": text},
            "location": {"@id": f"https://k.example.fi/v1/place/{place}/", "name": {"fi": place}},
            "start_time": "2026-12-01T10:00:00Z",
        }
        for number, name, text, place, _ in found
    ]
    body = json.dumps({"meta": {"count": len(data), "next": None}, "data": data}).encode()
    return [Capture("https://k.example.fi/v1/event/?page=1", body, "application/json", at)]


def cards(found: list[Any], at: datetime) -> list[Capture]:
    """Pages of Hyvinvointitarjotin."""
    pages = []
    for number, name, text, place, phone in found:
        uri = f"https://h.example.fi/index.php?page=organization&id={number}"
        facts = f"<dl><dt>Puhelin</dt><dd>{phone}</dd><dt>Miltä alueelta</dt><dd>{place}</dd></dl>"
        page = f"<html><body><div id=content><h1>{name}</h1><p>{text}</p>{facts}</div></body></html>"
        pages.append(Capture(uri, page.encode(), "text/html; charset=utf-8", at))
    return pages


def sheet(found: list[Any], at: datetime) -> list[Capture]:
    """A list with names repeated, some rows alike and some with a text of their own."""
    lines = ["Yhdistys;Kunta;Puhelin;Kuvaus;Muuta"]
    lines += [f"{name};{place};{phone};{text if number % 2 else ''};x" for number, name, text, place, phone in found]
    body = "\n".join(
        ["Malliyhdistys ry;Kuopio;;;" if n == 1 else line for n, line in enumerate([*lines[:1], "", *lines[1:]])]
    )
    return [Capture("file:inbox/lista.csv", body.encode(), "text/csv", at)]


KINDS: dict[str, tuple[Made, dict[str, Any]]] = {
    "events": (events, {"url": "https://k.example.fi/v1", "format": "linkedevents"}),
    "hyvinvointitarjotin": (cards, {"base_url": "https://h.example.fi"}),
    "csv": (sheet, {"path": "inbox/lista.csv"}),
}
THINGS = st.tuples(
    st.integers(1, 5),
    st.sampled_from(["Kerho ry", "Latu ry", "Kuopion  Martat", "KyrÃ¶n Pallo", "Latu ry ja Martat ry"]),
    st.sampled_from(["Tervetuloa!", f"Soita {MOBILE}.", "Tunnus 131052-308T."]),
    st.sampled_from(["Kuopio", "Atlantis", "NILSIÄ"]),
    st.sampled_from(["044 000 0001", MOBILE, "1234567"]),
)


@st.composite
def days(draw: Any) -> list[list[Any]]:
    """Things of a few days: each day keeps most of the day before, in another order, and adds some."""
    found = [draw(st.lists(THINGS, min_size=1, max_size=5))]
    for _ in range(draw(st.integers(1, 3))):
        kept = [one for one in found[-1] if draw(st.integers(0, 4))]
        found.append(draw(st.permutations(kept + draw(st.lists(THINGS, min_size=not kept, max_size=2)))))
    return found


class Source:
    """A source in a data folder, with one snapshot after the other."""

    def __init__(self, folder: Path, kind: str, name: str = "data", **options: Any) -> None:
        self.make, given_options = KINDS[kind]
        self.source = SourceSettings("s", kind, {"grace_days": 1, **given_options, **options})
        self.settings = Settings(folder / "koonti.yml", folder / name, (self.source,))

    @property
    def records(self) -> Path:
        return self.settings.records_dir / "s"

    def keep(self, found: list[Any], day: int) -> None:
        at = START + timedelta(days=day)
        with SnapshotWriter(self.settings.snapshots_dir, "s", at) as writer:
            for capture in self.make(found, at):
                writer.add(capture)
        stages.take_snapshot(self.settings, self.source, now=at, progress=lambda text: None, offline=True)

    def land(self) -> SourceOutcome:
        outcome = stages.land_source(self.settings, self.source, accept_shrink=True)
        assert outcome.state == "replayed", outcome.message
        return outcome

    def bytes(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.records.glob("*.parquet"))}


def nights(folder: Path, kind: str, made_days: Sequence[list[Any]]) -> list[SourceOutcome]:
    """Runs the days twice: as they are, and each from the folder of the night before without what it remembers."""
    told = []
    this = Source(folder, kind)
    for day, found in enumerate(made_days):
        this.keep(found, day)
        other = Source(folder, kind, "other")
        shutil.rmtree(other.settings.data_dir, ignore_errors=True)
        shutil.copytree(this.settings.data_dir, other.settings.data_dir)
        (other.records / "entangled.parquet").unlink(missing_ok=True)
        outcome, anew = this.land(), other.land()
        assert this.bytes() == other.bytes()
        assert anew.taken == 0 and anew.anew
        assert {**vars_of(outcome), "taken": 0, "anew": None} == {**vars_of(anew), "anew": None}
        told.append(outcome)
    return told


def vars_of(outcome: SourceOutcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in outcome.__slots__}


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(made_days=days())
def test_after_random_days_the_files_are_those_of_nights_that_remember_nothing(
    kind: str, made_days: list[list[Any]]
) -> None:
    with TemporaryDirectory() as folder:
        nights(Path(folder), kind, made_days)


ROWS = [(n, f"Kerho {n} ry", "Tervetuloa!", "Kuopio", "044 000 0001") for n in range(1, 6)]


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_changed_is_cleaned_again(tmp_path: Path, kind: str) -> None:
    changed = (1, "Kerho 1 ry", "Tervetuloa uudestaan!", "Kuopio", "044 000 0002")
    first, second = nights(tmp_path, kind, [ROWS, [*ROWS[1:][::-1], changed]])
    assert (first.taken, first.anew) == (0, takeover.NOTHING)
    total = second.organizations + second.services + second.locations
    assert (second.taken, second.anew) == (total - 1, None)
    assert total > len(ROWS) - 1


def test_an_owner_that_the_life_cycle_gave_back_is_not_taken_for_what_the_item_says(tmp_path: Path) -> None:
    def event(number: int, owner: str | None) -> tuple[Any, ...]:
        return number, owner, "Tervetuloa!", "Kuopio", ""

    gone = [event(1, None), event(2, "Latu ry")]
    told = nights(tmp_path, "events", [[event(1, "Kerho ry")], gone, [*gone, event(3, "Kerho ry")]])
    service = read_table(tmp_path / "data" / "records" / "s", "service")
    assert dict(zip(*(service.column(c).to_pylist() for c in ("id", "organization_id")), strict=True))["s:k:1"] is None
    assert told[-1].taken


def test_what_the_life_cycle_told_of_a_record_once_is_not_told_again(tmp_path: Path) -> None:
    before = (1, "Kerho ry", "Tervetuloa!", "Kuopio", "044 000 0001")
    after = (1, "Vesangan Martat", "Moi!", "Vesanto", "044 000 0002")
    other = (2, "Latu ry", "Hei!", "Kuopio", "044 000 0003")
    made_days = [[before, other], [after, other], [after, other], [after, other]]
    codes = []
    for count in (2, 3, 4):
        shutil.rmtree(tmp_path, ignore_errors=True)
        nights(tmp_path, "hyvinvointitarjotin", made_days[:count])
        issue = read_table(tmp_path / "data" / "records" / "s", "issue")
        codes.append([row["level"] for row in issue.to_pylist() if row["code"] == "reused_native_id"])
    assert codes == [["warning"], ["info"], []]


def _other_option(this: Source) -> None:
    this.source = SourceSettings("s", "csv", {**this.source.options, "organization_type": "association"})


def _without_entangled(this: Source) -> None:
    (this.records / "entangled.parquet").unlink()


def _damaged(this: Source) -> None:
    path = this.records / "organization.parquet"
    body = bytearray(path.read_bytes())
    body[len(body) // 3] ^= 1
    path.write_bytes(bytes(body))


def _of_before_seals(this: Source) -> None:
    path = this.records / "manifest.json"
    facts = json.loads(path.read_text())
    del facts[takeover.SEALS]
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize(
    "happens, why",
    [
        (lambda this: None, None),
        (lambda this: shutil.rmtree(this.records), takeover.NOTHING),
        (_other_option, takeover.CHANGED),
        (_without_entangled, takeover.DAMAGED),
        (_of_before_seals, takeover.DAMAGED),
    ],
)
def test_everything_is_cleaned_anew_when_nothing_can_be_built_upon(
    tmp_path: Path, happens: Callable[[Source], None], why: str | None
) -> None:
    this = Source(tmp_path, "csv")
    this.keep(ROWS, 0)
    this.land()
    happens(this)
    this.keep(ROWS, 1)
    outcome = this.land()
    assert (outcome.taken, outcome.anew) == (0 if why else len(ROWS) + 1, why)


def test_everything_is_cleaned_anew_by_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    this = Source(tmp_path, "csv")
    this.keep(ROWS, 0)
    this.land()
    this.keep(ROWS, 1)
    monkeypatch.setattr(records, "_code", lambda: "other")
    assert this.land().anew == takeover.CHANGED


def test_a_file_that_is_not_as_it_was_written_is_not_built_upon(tmp_path: Path) -> None:
    this = Source(tmp_path, "csv")
    this.keep(ROWS, 0)
    this.land()
    manifest = json.loads((this.records / "manifest.json").read_text())
    assert takeover.is_sealed(this.records, manifest)
    _damaged(this)
    assert takeover.earlier(this.records, manifest, manifest["fingerprint"]) == takeover.DAMAGED


def test_people_are_told_how_many_records_were_taken_over_and_why_not(tmp_path: Path) -> None:
    first, second = nights(tmp_path, "csv", [ROWS, [*ROWS[:-1], (9, "Uusi ry", "Hei!", "Kuopio", "044 000 0004")]])
    assert console.taken_over([first]) == ["All cleaned anew, as nothing was read before: s."]
    assert console.taken_over([second]) == ["Records taken over unchanged from the run before: s 5 of 6."]
    assert console.taken_over([earlier("s", None, "missing", "It was never run.")]) == []
