"""iCalendar (RFC 5545): lines, escapes, times with their zones, recurrences and exceptions."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.events.ical import Component, components
from pipeline.sources.events.parse import parse
from pipeline.sources.items import Finding, Hours, Item, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

Read = Callable[..., list[Any]]
ZONE = ";TZID=Europe/Helsinki:"


def calendar(*events: str, head: str = "") -> str:
    inner = "".join(f"BEGIN:VEVENT\n{e.strip()}\nEND:VEVENT\n" for e in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{inner}END:VCALENDAR\n".replace("\n", "\r\n")


def item_of(parsed: list[Any]) -> Item:
    (item,) = [p for p in parsed if isinstance(p, Item) and p.kind == "service"]
    return item


def hours(read: Read, lines: str) -> list[Hours]:
    return item_of(read(calendar(f"UID:1\nSUMMARY:Ilta\n{lines}"))).hours


def one(opens: str | None, closes: str | None, day: int = 5, **more: Any) -> list[Hours]:
    return [Hours(opens_at=opens, closes_at=closes, dtstart=date(2026, 12, day), **more)]


def test_folded_lines_escapes_parameters_and_alarms(read: Read) -> None:
    text = calendar(
        "UID:a@example.fi\nSUMMARY;LANGUAGE=fi:Puur\n ojuhla\\, ilta\\; ja\\nyö \\\\ \nDTSTART:20261205T100000Z\n"
        'DESCRIPTION;ALTREP="cid:a:b;c":Ohje: tule\nCATEGORIES:Musiikki,Ruoka\\, juoma\nLOCATION:Talo\\, Katu 1\n'
        "GEO:62.89;27.68\nSTATUS:CANCELLED\nURL:https://kunta.example.fi/1\nX-UUSI:arvo\n"
        "BEGIN:VALARM\nSUMMARY:Muistutus\nEND:VALARM\nLAST-MODIFIED:20261101T080000Z"
    )
    parsed = read(text)
    item = item_of(parsed)
    assert item.native_id == "a@example.fi" and item.names[0].value == "Puurojuhla, ilta; ja\nyö \\"
    assert (item.texts[0].value, [t.label for t in item.terms]) == ("Ohje: tule", ["Musiikki", "Ruoka, juoma"])
    assert (item.service_status, item.url, item.modified) == (
        "inactive",
        "https://kunta.example.fi/1",
        "20261101T080000Z",
    )
    (spot,) = [p for p in parsed if isinstance(p, Item) and p.kind == "location"]
    assert (spot.addresses[0].line, spot.addresses[0].y, spot.addresses[0].x) == ("Talo, Katu 1", "62.89", "27.68")
    assert [p for p in parsed if isinstance(p, Unread)] == [Unread("VEVENT.X-UUSI")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DTSTART:20261205T100000Z\nDTEND:20261205T113000Z", one("12:00", "13:30")),
        ("DTSTART:20261205T230000Z", one("01:00", None, 6)),
        ("DTSTART:20261205T100000\nDTEND:20261205T120000", one("10:00", "12:00")),
        (f"DTSTART{ZONE}20261205T100000\nDURATION:PT1H30M", one("10:00", "11:30")),
        ("DTSTART;TZID=Europe/Stockholm:20261205T100000", one("11:00", None)),
        ("DTSTART;TZID=FLE Standard Time:20261205T100000", one("10:00", None)),
        ("DTSTART;TZID=/mozilla.org/20070129/Europe/Helsinki:20261205T100000", one("10:00", None)),
        ("DTSTART;VALUE=DATE:20261205\nDTEND;VALUE=DATE:20261206", one(None, None)),
        ("DTSTART;VALUE=DATE:20261205", one(None, None)),
        ("DTSTART:2026-12-05T12:00:00+02:00", one("12:00", None)),
        (
            "DTSTART;VALUE=DATE:20261205\nDTEND;VALUE=DATE:20261208",
            one(None, None, valid_from=date(2026, 12, 5), valid_to=date(2026, 12, 7)),
        ),
        (f"DTSTART{ZONE}20261205T190000\nDTEND{ZONE}20261206T000000", one("19:00", None)),
        (
            f"DTSTART{ZONE}20261205T190000\nDTEND{ZONE}20261207T120000",
            one("19:00", "12:00", valid_from=date(2026, 12, 5), valid_to=date(2026, 12, 7)),
        ),
        (f"DTSTART{ZONE}20261205T190000\nDTEND{ZONE}20261205T170000", one("19:00", None)),
    ],
)
def test_times_are_finnish_days_and_clocks(read: Read, lines: str, expected: list[Hours]) -> None:
    assert hours(read, lines) == expected


START = f"DTSTART{ZONE}20261201T180000\nDTEND{ZONE}20261201T193000\n"


def rule(**more: Any) -> Hours:
    return Hours(**{"opens_at": "18:00", "closes_at": "19:30", "dtstart": date(2026, 12, 1),
                    "valid_from": date(2026, 12, 1), "interval": 1, **more})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=TH,TU", rule(freq="WEEKLY", byday="TU,TH")),
        ("FREQ=WEEKLY", rule(freq="WEEKLY", byday="TU")),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270228T215959Z",
         rule(freq="WEEKLY", byday="TU", interval=2, valid_to=date(2027, 2, 28))),
        ("FREQ=WEEKLY;UNTIL=20270228T220000Z", rule(freq="WEEKLY", byday="TU", valid_to=date(2027, 3, 1))),
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", rule(freq="WEEKLY", byday="TU,TH", valid_to=date(2026, 12, 10))),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3;WKST=MO", rule(freq="WEEKLY", byday="TU", interval=2,
                                                        valid_to=date(2026, 12, 29))),
        ("FREQ=DAILY;COUNT=3", rule(freq="WEEKLY", byday="MO,TU,WE,TH,FR,SA,SU", valid_to=date(2026, 12, 3))),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", rule(freq="MONTHLY", byday="1TU", valid_to=date(2027, 2, 2))),
        ("FREQ=MONTHLY;BYDAY=-1TU;COUNT=2", rule(freq="MONTHLY", byday="-1TU", valid_to=date(2027, 1, 26))),
        ("FREQ=MONTHLY;COUNT=2", rule(freq="MONTHLY", valid_to=date(2027, 1, 1))),
        ("FREQ=YEARLY", rule(interval=None, description="FREQ=YEARLY")),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", rule(interval=None, description="FREQ=MONTHLY;BYMONTHDAY=1,15")),
        ("FREQ=WEEKLY;COUNT=99999", rule(freq="WEEKLY", byday="TU")),
    ],
)  # fmt: skip
def test_recurrences_become_opening_rules(read: Read, text: str, expected: Hours) -> None:
    assert hours(read, f"{START}RRULE:{text}") == [expected]


def test_weekdays_of_a_rule_in_utc_are_those_in_finland(read: Read) -> None:
    (found,) = hours(read, "DTSTART:20261201T230000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU,SU")
    assert (found.byday, found.opens_at, found.dtstart) == ("MO,WE", "01:00", date(2026, 12, 2))


def test_exceptions_close_days_and_moved_times_are_added(read: Read) -> None:
    master = f"UID:1\nSUMMARY:Ilta\n{START}RRULE:FREQ=WEEKLY\nEXDATE{ZONE}20261222T180000,20261229T180000"
    moved = f"UID:1\nSUMMARY:Ilta\nRECURRENCE-ID{ZONE}20261208T180000\nDTSTART{ZONE}20261209T170000"
    gone = f"UID:1\nSUMMARY:Ilta\nRECURRENCE-ID{ZONE}20261215T180000\nDTSTART{ZONE}20261215T180000\nSTATUS:CANCELLED"
    for order in ((master, moved, gone), (moved, gone, master)):
        found = item_of(read(calendar(*order))).hours
        assert sorted(h.dtstart.day for h in found if h.is_closed and h.dtstart) == [8, 15, 22, 29]
        assert [h for h in found if not h.is_closed and not h.freq] == one("17:00", None, 9)
    assert len(hours(read, f"{START}RDATE{ZONE}20261212T180000,20261213T180000")) == 3


def test_only_bodies_become_organisers_and_no_person_is_read(read: Read) -> None:
    def organizer(name: str) -> str | None:
        line = f'ORGANIZER;CN="{name}":mailto:maija.keksitty@example.fi'
        text = calendar(
            f"UID:1\nSUMMARY:Ilta\n{START}{line}\nATTENDEE;CN=Aino Keksitty:mailto:a@example.fi\nCONTACT:Maija"
        )
        parsed = read(text)
        assert "@example.fi" not in str(parsed) and "Aino" not in str(parsed)
        return item_of(parsed).organization

    assert organizer("Kuopion Martat ry") == "organizer/Kuopion Martat ry"
    assert organizer("Kuopion  kaupunki") == "organizer/Kuopion kaupunki"
    assert organizer("Varkauden seurakunta") and organizer("Soinlahden Kyläyhdistys")
    assert (
        organizer("Maija Keksitty") is None
        and organizer("Harry Keksitty") is None
        and organizer("toimisto@x.fi") is None
    )
    assert (
        item_of(read(calendar("UID:1\nSUMMARY:I\nDTSTART:20261205"), organizer="Kunta X")).organization_name
        == "Kunta X"
    )


def test_private_events_unknown_zones_and_what_cannot_be_read_are_told(read: Read) -> None:
    codes = [
        (p.code, p.field)
        for p in read(
            calendar(
                "UID:1\nSUMMARY:Salainen\nDTSTART:20261205\nCLASS:PRIVATE",
                "UID:2\nSUMMARY:A\nDTSTART;TZID=Kuu/Kraatteri:20261205T100000",
                "UID:3\nSUMMARY:B\nDTSTART:eilen",
                "UID:4\nSUMMARY:C\nDTSTART:20261205\nSTATUS:MAYBE\nRRULE:HUU",
                "UID:5\nDTSTART:20261205",
                "DESCRIPTION:ei mitään",
                "UID:6\nSUMMARY:D\nDTSTART:20261399T990000",
                "UID:2\nSUMMARY:Toinen\nDTSTART:20261205",
            )
        )
        if isinstance(p, Finding)
    ]
    assert sorted(f"{code} {field or ''}".strip() for code, field in codes) == [
        "code_unknown RRULE",
        "code_unknown STATUS",
        "code_unknown TZID",
        "date_invalid DTSTART",
        "date_invalid DTSTART",
        "duplicate_native_id",
        "record_unreadable",
        "record_unreadable",
        "service_without_name name",
    ]
    assert "Salainen" not in str(read(calendar("UID:1\nSUMMARY:Salainen\nDTSTART:20261205\nCLASS:PRIVATE")))


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_letters_and_line_ends_of_old_programs_are_read(read: Read, coding: str, end: str) -> None:
    text = calendar("UID:1\nSUMMARY:Pöljän Äijät\nDTSTART:20261205").replace("\r\n", end)
    assert item_of(read(text.encode(coding))).names[0].value == "Pöljän Äijät"


def test_a_character_cut_by_folding_in_bytes_does_not_stop_the_calendar(read: Read) -> None:
    body = calendar("UID:1\nSUMMARY:Äiti ja lapsi\nDTSTART:20261205").encode() + b"\xc3"
    assert item_of(read(body)).names[0].value == "Äiti ja lapsi"


LINES = st.sampled_from(
    "BEGIN:VEVENT|END:VEVENT|UID:1|SUMMARY:A|DTSTART:20261205|DTSTART:|DTEND:99999999T999999Z|RRULE:FREQ=DAILY;COUNT=9|"
    'RRULE:FREQ=MONTHLY;BYDAY=9MO|DURATION:P99999D|EXDATE:,|RDATE:20261205/P1D| |\tx|;;|GEO:;|ORGANIZER;CN=":x'.split(
        "|"
    )
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINES | st.text(max_size=8), max_size=25))
def test_broken_calendars_never_raise(lines: list[str]) -> None:
    body = ("BEGIN:VCALENDAR\n" + "\n".join(lines)).encode("utf-8", "surrogatepass")
    assert all(isinstance(c, Component) for c in components(body))
    list(parse([Capture("https://k.example.fi/k.ics", body, "", datetime.now(UTC))], descriptions()["events"], {}))
