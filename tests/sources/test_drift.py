"""A platform that changes its fields is noticed, told without values, and held back when records empty."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipeline.demo.server import Reply, Site
from pipeline.sources import registry
from pipeline.sources.contract import FetchJob
from pipeline.sources.items import Email, Item, Name, Parsed

Night = Callable[..., Any]


class Platform:
    """Thirty organisations, each with the fields that `shape` gives."""

    def __init__(self) -> None:
        self.site = Site()
        self.site.route("/items", lambda r: Reply(json.dumps({"items": [self.shape(n) for n in range(30)]}).encode()))
        self.more: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()

    def shape(self, number: int) -> dict[str, Any]:
        whole = {"id": f"o{number}", "name": f"Kerho {number} ry", "mail": f"kerho{number}@example.fi", **self.more}
        return {key: value for key, value in whole.items() if key not in self.without}


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def one(night: Night, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def fetch(job: FetchJob) -> None:
        job.client.get(f"{job.options['base_url']}/items", expect="json")

    def parse(captures: Any, description: Any, options: Any) -> Iterator[Parsed]:
        for capture in captures:
            for row in json.loads(capture.body)["items"]:
                item = Item("organization", row["id"], names=[Name(row["name"])])
                item.emails = [Email(str(row["mail"]))] if row.get("mail") else []
                yield item

    monkeypatch.setattr(registry, "fetch_of", lambda kind: fetch)
    monkeypatch.setattr(registry, "parse_of", lambda kind: parse)
    with night(platform.site, "stea", base_url="{base}") as made:
        yield made


def told(night: Any) -> dict[tuple[str, str], str]:
    return {(i["code"], i["field"]): i["message"] for i in night.rows("issue") if i["code"].startswith("field_")}


def test_the_first_look_tells_nothing(one: Any) -> None:
    one.run(0)
    assert told(one) == {}


def test_a_new_field_is_told_once_for_what_belongs_together_and_without_its_value(one: Any, platform: Platform) -> None:
    one.run(0)
    platform.more = {"contact": {"who": "Maija Esimerkki", "tel": "044 000 0123"}, "nick": "Maijan kerho"}
    one.run(1)
    found = told(one)
    assert set(found) == {("field_new", "items.items[].contact"), ("field_new", "items.items[].nick")}
    text = " ".join(found.values())
    assert "an object with who, tel" in text
    assert "text of 12 characters" in text
    assert "Maija" not in text
    assert "044" not in text


def test_a_missing_field_is_told_with_the_day_it_was_last_seen(one: Any, platform: Platform) -> None:
    platform.more = {"extra": "x"}
    one.run(0)
    platform.more = {}
    one.run(1)
    assert told(one).keys() == {("field_missing", "items.items[].extra")}
    assert "until 23.11.2026" in told(one)["field_missing", "items.items[].extra"]
    platform.more = {"extra": "x"}
    one.run(2)
    assert told(one) == {}


def test_a_retyped_field_is_told(one: Any, platform: Platform) -> None:
    platform.more = {"size": 12}
    one.run(0)
    platform.more = {"size": "twelve"}
    one.run(1)
    assert told(one).keys() == {("field_retyped", "items.items[].size")}


def test_what_was_told_for_a_month_is_told_no_more(one: Any, platform: Platform) -> None:
    one.run(0)
    platform.more = {"nick": "x"}
    one.run(1)
    one.run(20)
    assert told(one)
    one.run(40)
    assert told(one) == {}


def test_a_field_that_empties_holds_the_source_until_it_is_accepted(one: Any, platform: Platform) -> None:
    from pipeline import stages

    one.run(0)
    made = one.rows("record")
    platform.without = ("mail",)
    _, outcome = one.run(1)
    assert outcome.state == "held"
    assert "email of organizations was filled in 100% of records, now in 0%" in outcome.message
    assert "--accept-shrink stea" in outcome.message
    assert one.rows("record") == made
    assert stages.land_source(one.settings, one.source, accept_shrink=True).state == "fresh"
    assert one.run(2)[1].state == "fresh"


def test_few_records_are_no_proof(one: Any, platform: Platform) -> None:
    whole = platform.shape
    platform.site = platform.site
    platform.shape = lambda n: whole(n % 10)  # type: ignore[method-assign]
    one.run(0)
    platform.without = ("mail",)
    assert one.run(1)[1].state == "fresh"


def test_a_new_and_a_missing_column_of_a_spreadsheet_are_told_as_well(night: Night) -> None:
    def lists(*columns: str) -> bytes:
        rows = "".join(f"Kerho {n} ry;Kuopio{''.join(f';{c} {n}' for c in columns)}\n" for n in range(30))
        return f"Nimi;Kunta{''.join(f';{c}' for c in columns)}\n{rows}".encode()

    sent = [lists("Jäseniä")]
    site = Site()
    site.route("/lista.csv", lambda r: Reply(sent[0], "text/csv"))
    with night(site, "csv", url="{base}/lista.csv") as made:
        made.run(0)
        made.run(1)
        assert told(made) == {}
        sent[0] = lists("Jäseniä", "Perust. vuosi")
        made.run(2)
        assert set(told(made)) == {("field_new", "unread.Perust· vuosi")}
        sent[0] = lists("Perust. vuosi")
        made.run(3)
        assert set(told(made)) == {("field_new", "unread.Perust· vuosi"), ("field_missing", "unread.Jäseniä")}


def test_a_column_that_empties_holds_a_spreadsheet_back(night: Night) -> None:
    def lists(filled: int) -> bytes:
        rows = "".join(f"Kerho {n} ry;{f'k{n}@example.fi' if n < filled else ''}\n" for n in range(30))
        return f"Nimi;Sähköposti\n{rows}".encode()

    sent = [lists(27)]
    site = Site()
    site.route("/lista.csv", lambda r: Reply(sent[0], "text/csv"))
    with night(site, "csv", url="{base}/lista.csv") as made:
        made.run(0)
        before = made.bytes()
        sent[0] = lists(6)
        _, outcome = made.run(1)
        assert outcome.state == "held"
        assert "email of organizations was filled in 90% of records, now in 20%" in (outcome.message or "")
        assert made.bytes() == before
