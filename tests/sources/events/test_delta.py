"""Linked Events by changes: the records are those of a full fetch, also for what was deleted or has ended."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.demo.server import Reply, Request, Site

Night = Callable[..., Any]
KEYWORD = {"@id": "http://k/v1/keyword/1/", "name": {"fi": "musiikki"}}


def happening(number: int, **more: Any) -> dict[str, Any]:
    place = {"@id": f"http://k/v1/place/{number % 3}/", "name": {"fi": f"Talo {number % 3}"}}
    return {
        "id": f"k:{number}",
        "@id": f"http://k/v1/event/k:{number}/",
        "name": {"fi": f"Tapahtuma {number}"},
        "provider": {"fi": f"Kerho {number % 4} ry"},
        "location": place,
        "keywords": [KEYWORD],
        "start_time": "2026-12-01T10:00:00Z",
        "end_time": "2026-12-01T12:00:00Z",
        "last_modified_time": "2026-11-01T08:00:00Z",
        **more,
    }


class Calendar:
    """A calendar of forty events that keeps the rules of Linked Events; `takes_changes` false makes it refuse them."""

    def __init__(self) -> None:
        self.events = {number: happening(number) for number in range(40)}
        self.takes_changes = True
        self.site = Site()
        self.site.route("/v1/event/", self._page)

    def _page(self, request: Request) -> Reply:
        since, start = request.first("last_modified_since"), request.first("start")
        if since and not self.takes_changes:
            return Reply(b'{"detail": "unknown"}', status=400)
        shown = [
            e
            for e in self.events.values()
            if e["last_modified_time"] >= since
            and e["end_time"][:10] >= start
            and (request.first("show_deleted") == "true" or not e.get("deleted"))
        ]
        return Reply(json.dumps({"meta": {"count": len(shown), "next": None}, "data": shown}).encode())

    def change(self, number: int, **more: Any) -> None:
        self.events[number] |= {"last_modified_time": "2026-11-23T12:00:00Z", **more}


@pytest.fixture
def calendar() -> Calendar:
    made = Calendar()
    made.events[7] |= {"start_time": "2026-11-23T10:00:00Z", "end_time": "2026-11-23T11:00:00Z"}
    return made


def test_after_a_delta_the_records_are_those_of_a_full_fetch(night: Night, calendar: Calendar) -> None:
    options = {"url": "{base}/v1", "format": "linkedevents"}
    with (
        night(calendar.site, "events", "delta", **options) as one,
        night(calendar.site, "events", "whole", **options) as other,
    ):
        whole, _ = one.run(0)
        other.run(0)
        calendar.change(1, name={"fi": "Uusi nimi"}, provider={"fi": "Uusi kerho ry"})
        calendar.change(2, deleted=True)
        calendar.events[90] = happening(90, last_modified_time="2026-11-23T12:00:00Z")
        taken, _ = one.run(1)  # event 7 has ended by now
        assert not taken.full
        assert taken.transferred < 0.15 * whole.transferred
        other.run(1, full=True)
        assert one.tables() == other.tables()
        names = {row["name"] for row in one.rows("record")}
        assert {"Uusi nimi", "Uusi kerho ry", "Tapahtuma 90"} <= names
        assert not {"Tapahtuma 2", "Tapahtuma 7"} & names
        assert not [row for row in one.rows("issue") if row["code"] == "duplicate_native_id"]
        made = one.bytes()
        one.run(2, offline=True)
        assert one.bytes() == made


def test_deltas_upon_deltas_stay_right(night: Night, calendar: Calendar) -> None:
    options = {"url": "{base}/v1", "format": "linkedevents"}
    with (
        night(calendar.site, "events", "delta", **options) as one,
        night(calendar.site, "events", "whole", **options) as other,
    ):
        one.run(0)
        for day in (1, 2, 3):
            calendar.change(day, name={"fi": f"Nimi {day}"}, last_modified_time=f"2026-11-{22 + day}T12:00:00Z")
            assert not one.run(day)[0].full
        other.run(3)
        assert one.tables() == other.tables()


def test_a_calendar_that_refuses_the_question_is_read_whole(night: Night, calendar: Calendar) -> None:
    calendar.takes_changes = False
    with night(calendar.site, "events", url="{base}/v1", format="linkedevents") as one:
        one.run(0)
        taken, outcome = one.run(1)
        assert (taken.full, outcome.state) == (True, "fresh")


def test_other_formats_are_never_read_as_changes(night: Night, calendar: Calendar) -> None:
    text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ilta\r\n"
    text += "DTSTART:20261201T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    calendar.site.route("/k.ics", lambda r: Reply(text.encode(), "text/calendar"))
    with night(calendar.site, "events", url="{base}/k.ics") as one:
        one.run(0)
        assert one.run(1)[0].full
