"""Taking a snapshot: what a coordinator is told, and on what a delta may be built."""

import shutil
from collections.abc import Callable
from typing import Any

from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.server import Fault, Reply, Site
from pipeline.settings import Settings, load
from tests.sources.faults import seen

Night = Callable[..., Any]


def test_a_good_night_is_told_with_requests_size_and_time(night: Night) -> None:
    with night(ptv_site(list(seen())), "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        assert one.said[-1].startswith("fetched everything: ")
        assert " requests, " in one.said[-1]
        one.run(1)
        assert "asking what has changed since 23.11.2026 04:00" in one.said  # Finnish time
        assert one.said[-1].startswith("fetched what has changed: 9 requests, ")


def test_a_bad_night_is_told_with_what_is_used_instead(night: Night) -> None:
    site = ptv_site(list(seen()))
    with night(site, "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        site.faults.append(Fault("status", path="Service", status=503))
        one.run(1)
        assert any("HTTP 503; trying again in 0 s (try 2 of 2)" in text for text in one.said)
        assert one.said[-1].startswith("FAILED after ")
        assert one.said[-1].endswith("Instead what came on 23.11.2026 04:00 is used.")


def test_a_delta_is_never_built_on_a_snapshot_that_was_held_back(night: Night) -> None:
    whole = ptv_site(list(seen()))
    with night(whole, "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        with night(ptv_site(list(seen())[:1]), "ptv", base_url="{base}/api/v11") as small:
            taken, outcome = small.run(1)
            assert (taken.full, outcome.state) == (True, "held")
        assert one.run(2)[0].full


def test_the_key_of_a_version_that_is_not_used_may_be_unset(tmp_path: Any) -> None:
    def missing(version: str) -> tuple[str, ...]:
        entry = f"{{base_url: 'https://ptv.example.fi/api', version: {version}, api_key: '${{PTV_API_KEY}}'}}"
        (tmp_path / "koonti.yml").write_text(f"sources:\n  ptv: {entry}\n")
        made: Settings = load(tmp_path / "koonti.yml", environment={})
        return made.sources[0].missing_environment

    assert missing("v11") == ()
    assert missing("v12") == ("PTV_API_KEY",)


def test_records_that_are_those_of_the_snapshot_are_not_made_again(night: Night) -> None:
    site = ptv_site(list(seen()))
    with night(site, "ptv", base_url="{base}/api/v11") as one:
        one.run(0)
        record = one.settings.records_dir / "ptv" / "record.parquet"
        before = record.stat().st_mtime_ns
        _, outcome = one.run(1, offline=True)
        assert (outcome.state, record.stat().st_mtime_ns) == ("replayed", before)
        record.unlink()
        one.run(2, offline=True)
        assert record.exists()


def test_a_snapshot_that_cannot_be_read_gives_way_to_an_older_one_when_no_records_are_left(night: Night) -> None:
    sent = ["Nimi;Kunta\nA ry;Kuopio\nB ry;Kuopio\n"]
    site = Site()
    site.route("/lista.csv", lambda r: Reply(sent[0].encode(), "text/csv"))
    with night(site, "csv", url="{base}/lista.csv") as one:
        one.run(0)
        good = one.tables()
        sent[0] = "Nimi;Kunta\n"
        for again in (False, True):
            taken, outcome = one.run(1, offline=again)
            assert (taken.failed, outcome.state, outcome.organizations) == (False, "stale", 2)
            assert "has column names but no rows below them" in (outcome.message or "")
            assert one.tables() == good
            shutil.rmtree(one.settings.records_dir)
        for path in (one.settings.snapshots_dir / "csv").iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        assert one.run(2)[1].state == "missing"
