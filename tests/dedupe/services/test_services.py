"""Which services of one organisation are one: cases by hand, Finnish and Swedish, and what never depends on order."""

import random
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.services import match_services

sys.path.insert(0, str(Path(__file__).parent))
from conftest import HALL, OTHER_HALL, names, service, table

FRIDAY = ["FR 12:00-14:00"]


class TestOneService:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Kuntojumppa", "KUNTOJUMPPA"),
            ("Kuntojumppa", "Kuopion Latu ry:n kuntojumppa"),
            ("Kuntojumppa", "Kuntojumppa Kuopiossa"),
            ("Kerhoilta", "Avoin kerho"),
            ("Keskustelupiiri", "Keskustelupiirit"),
            ("Lasten lauluhetki", "Lauluhetki lapsille"),
            ("Ystävätoiminta", "Ystäväpalvelu"),
            ("Läheisten ilta", "LÄHEISTEN ILTA"),
        ],
    )
    def test_the_same_words_on_two_platforms(self, decide, one, other):
        assert decide(service("lahella:1", one, kind="hobby"), service("ptv:1", other, kind="public_service")) == "same"

    def test_swedish_names(self, decide):
        one, other = service("lahella:1", "Klubbkväll"), service("cards:1", "Öppen klubb för alla")
        assert decide(one, other) == "same"

    def test_a_source_that_gives_both_names_joins_finnish_and_swedish(self, decide):
        one = service("ptv:1", "Neuvonta", other_name="Rådgivning")
        assert decide(one, service("lahella:1", "Rådgivning")) == "same"

    def test_other_words_at_one_place_and_time_with_one_text_are_for_a_person_at_least(self, decide):
        told = {
            "streets": HALL,
            "slots": FRIDAY,
            "description": "Lauletaan yhdessä, osaamista ei vaadita.",
            "language": "fi",
        }
        assert decide(service("lahella:1", "Laulupiiri", **told), service("cards:1", "Kuoro", **told)) == "maybe"

    def test_a_twin_in_one_source_where_all_is_equal(self, decide):
        told = {"kind": "hobby", "streets": HALL, "slots": FRIDAY}
        assert decide(service("ptv:1", "Kuoro", **told), service("ptv:2", "Kuoro", **told)) == "same"

    def test_a_page_that_both_name(self, decide):
        url = {"url": "kuopionlatu.example.fi/melonta", "kind": "hobby"}
        assert (
            decide(service("lahella:1", "Melontaretket", **url), service("events:1", "Melontaretki", **url)) == "same"
        )


class TestTwoServices:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Lasten kerho", "Nuorten kerho"),
            ("Miesten ryhmä", "Naisten ryhmä"),
            ("Barnklubben", "Seniorklubben"),
            ("Tuoliryhmä 1", "Tuoliryhmä 2"),
            ("Jooga I", "Jooga II"),
            ("Kesäleiri 2025", "Kesäleiri 2026"),
            ("Kuntosali maanantaisin", "Kuntosali torstaisin"),
            ("Kuoro", "Shakkikerho"),
            ("Alkeiskurssi", "Jatkokurssi"),
        ],
    )
    def test_names_that_say_so_even_at_one_place(self, decide, one, other):
        told = {"kind": "hobby", "streets": HALL}
        assert decide(service("lahella:1", one, **told), service("cards:1", other, **told)) == "different"

    def test_an_event_is_never_a_support_group(self, decide):
        one = service("lahella:1", "Omaisten ilta", kind="support", streets=HALL)
        assert decide(one, service("events:1", "Omaisten ilta", kind="event", streets=HALL)) == "different"

    def test_different_dates_of_one_event(self, decide):
        one = service("lahella:1", "Syysmarkkinat", kind="event", dates=["2026-10-03"], streets=HALL)
        other = service("events:1", "Syysmarkkinat", kind="event", dates=["2026-10-10"], streets=HALL)
        assert decide(one, other) == "different"

    def test_one_source_twice_with_another_time(self, decide):
        one = service("lahella:1", "Jumppa", slots=["MO 10:00-11:00"])
        assert decide(one, service("lahella:2", "Jumppa", slots=["TH 17:00-18:00"])) == "different"

    def test_other_towns(self, decide):
        one = service("lahella:1", "Jumppa", towns=["297"])
        assert decide(one, service("ptv:1", "Jumppa", towns=["140"])) == "different"

    def test_ages_that_do_not_meet(self, decide):
        one = service("lahella:1", "Pelikerho", minimum_age=7, maximum_age=12)
        assert decide(one, service("ptv:1", "Pelikerho", minimum_age=65)) == "different"

    def test_of_two_organisations(self):
        rows = [service("lahella:1", "Kuoro"), service("ptv:1", "Kuoro", entity="o2")]
        assert len(match_services(table(rows), names("A ry")).matches) == 0


class TestForAPerson:
    def test_the_same_name_at_another_place_and_time(self, decide):
        one = service("lahella:1", "Jumppa", kind="hobby", streets=HALL)
        assert decide(one, service("cards:1", "Jumppa", kind="hobby", streets=OTHER_HALL)) == "maybe"

    def test_last_year_s_course(self, decide):
        one = service("lahella:1", "Jumppa", kind="hobby", streets=HALL, valid_from="2025-09-01", valid_to="2026-05-31")
        other = service("cards:1", "Jumppa", kind="hobby", streets=HALL, valid_from="2026-09-01", valid_to="2027-05-31")
        assert decide(one, other) == "maybe"

    def test_two_of_one_source_that_fit_as_well(self):
        """PTV says "Jumppa" once; Lähellä.fi has it on two days: which of them is it?"""
        rows = [
            service("ptv:1", "Jumppa"),
            service("lahella:1", "Jumppa", slots=["MO 10:00-11:00"]),
            service("lahella:2", "Jumppa", slots=["TH 17:00-18:00"]),
        ]
        found = match_services(table(rows), names("Kuopion Latu ry"))
        assert found.matches.column("rule").to_pylist() == ["ambiguous"] * 2
        assert len(set(found.clusters.column("cluster_id").to_pylist())) == 3

    def test_the_day_tells_which_of_them_it_is(self):
        rows = [
            service("ptv:1", "Jumppa", slots=["MO 10:00-11:00"]),
            service("lahella:1", "Jumppa", slots=["MO 10:00-11:00"]),
            service("lahella:2", "Jumppa", slots=["TH 17:00-18:00"]),
        ]
        found = match_services(table(rows), names("Kuopion Latu ry")).clusters.to_pylist()
        assert {r["record_id"]: r["cluster_id"] for r in found} == {
            "lahella:1": "lahella:1", "lahella:2": "lahella:2", "ptv:1": "lahella:1"
        }  # fmt: skip


def test_a_chain_never_joins_what_is_different():
    """Both fit the middle one, which has no time; they differ from one another."""
    rows = [
        service("lahella:1", "Jumppa", slots=["MO 10:00-11:00"], streets=HALL),
        service("ptv:1", "Jumppa"),
        service("cards:1", "Jumppa", slots=["TH 17:00-18:00"], streets=OTHER_HALL),
    ]
    clusters = match_services(table(rows), names("Kuopion Latu ry")).clusters.to_pylist()
    of = {r["record_id"]: r["cluster_id"] for r in clusters}
    assert of["lahella:1"] != of["cards:1"]


def test_reasons_add_up_to_the_score():
    told = {"kind": "hobby", "streets": HALL, "slots": FRIDAY}
    found = match_services(
        table([service("lahella:1", "Kuoro", **told), service("ptv:1", "Kuoro", **told)]), names("A ry")
    )
    total = sum(found.reasons.column("contribution").to_pylist())
    assert total == pytest.approx(found.matches.column("score").to_pylist()[0])


def test_people_decide():
    rows = table([service("lahella:1", "Kuoro"), service("ptv:1", "Kuoro"), service("cards:1", "Laulajat")])
    pair = {"record_id_a": ["lahella:1"], "record_id_b": ["ptv:1"]}
    apart = match_services(rows, names("A ry"), must_not_link=pa.table(pair)).clusters.to_pylist()
    assert len({r["cluster_id"] for r in apart}) == 3
    pair = {"record_id_a": ["cards:1"], "record_id_b": ["ptv:1"]}
    joined = match_services(rows, names("A ry"), must_link=pa.table(pair)).clusters.to_pylist()
    assert len({r["cluster_id"] for r in joined}) == 1


def test_no_service_at_all():
    found = match_services(table([]), names("A ry"))
    assert len(found.clusters) == len(found.matches) == len(found.reasons) == 0


def test_in_an_organisation_with_very_many_services_a_shared_word_brings_them_together():
    rows = [service(f"lahella:{i:03d}", f"Kurssi{chr(97 + i % 26)}{chr(97 + i // 26)}xx") for i in range(90)]
    rows += [service(f"ptv:{i:03d}", r["name"].upper()) for i, r in enumerate(rows)]
    found = match_services(table(rows), names("Opisto ry"))
    assert found.hot_entities == 1
    assert len(set(found.clusters.column("cluster_id").to_pylist())) == 90


NAMES = ["Kuoro", "Lasten kuoro", "Jumppa", "Avoin jumppa", "Jumpparyhmä", "Kerho 1", "Kerho 2", "Kerho", "Körsång"]


@st.composite
def some_services(draw):
    return [
        service(
            f"{draw(st.sampled_from(['ptv', 'lahella', 'cards']))}:{i:02d}",
            draw(st.sampled_from(NAMES)),
            entity=draw(st.sampled_from(["o1", "o2", None])),
            kind=draw(st.sampled_from([None, "hobby", "event", "public_service"])),
            streets=draw(st.sampled_from([[], HALL, OTHER_HALL])),
            slots=draw(st.sampled_from([[], FRIDAY, ["MO 10:00-11:00"]])),
        )
        for i in range(draw(st.integers(0, 14)))
    ]


@settings(max_examples=40, deadline=None)
@given(rows=some_services(), seed=st.integers(0, 1000))
def test_order_does_not_matter_and_no_group_holds_a_contradiction(rows, seed):
    shuffled = rows[:]
    random.Random(seed).shuffle(shuffled)
    one, other = (match_services(table(r), names("Kuopion Latu ry")) for r in (rows, shuffled))
    for found in ("clusters", "matches", "reasons"):
        assert getattr(one, found).equals(getattr(other, found))
    row = {r["record_id"]: r for r in rows}
    groups: dict[str, list[str]] = {}
    for r in one.clusters.to_pylist():
        groups.setdefault(r["cluster_id"], []).append(r["record_id"])
    for members in groups.values():
        assert min(members) in groups
        assert len({row[m]["entity"] for m in members}) == 1
        kinds = {row[m]["kind"] for m in members} - {None}
        assert not ("event" in kinds and len(kinds) > 1)
        if len(members) > 1:
            assert row[members[0]]["entity"] is not None
