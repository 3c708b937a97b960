"""The whole pipeline over real HTTP: what it promises when all is well, and when it is not."""

import gzip
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pipeline import schema, stages
from pipeline.cli import cli
from pipeline.dedupe import catalogue, load_weights
from pipeline.dedupe.weights import weights_text
from pipeline.demo.rewording import service_truth
from pipeline.demo.run import TOKEN
from pipeline.demo.score import score
from pipeline.demo.server import Fault
from pipeline.exports import release
from pipeline.orchestration.instance import open_instance
from pipeline.storage import Stop, read_table

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def parquet(result, name):
    return pq.read_table(result.release.path / "parquet" / f"{name}.parquet")


def states(result):
    return {o.source: o.state for o in result.outcomes}


class TestAGoodRun:
    def test_every_source_is_fresh_and_a_release_is_published(self, synced):
        _, settings, result = synced
        assert states(result) == dict.fromkeys(("ptv", "lahella", "yhdistysinfo", "kuntalista"), "fresh")
        assert result.exit_code == 0
        assert release.verify(result.release.path) == []
        assert release.latest(settings.releases_dir).version == result.release.version

    def test_nothing_is_lost_between_snapshot_and_release(self, synced):
        """Every record read is in `bridge`, or an issue names it."""
        _, settings, result = synced
        read = set()
        for source in settings.sources:
            read |= set(read_table(settings.records_dir / source.id, "record").column("record_id").to_pylist())
        bridged = set(parquet(result, "bridge").column("record_id").to_pylist())
        named = set(parquet(result, "issue").column("record_id").to_pylist())
        assert bridged <= read
        assert read <= bridged | named
        assert sum(o.read for o in result.outcomes) == len(read) + sum(o.repeated for o in result.outcomes) + sum(
            1 for i in parquet(result, "issue").to_pylist() if i["code"] == "record_without_name"
        )

    def test_every_platform_record_of_the_world_is_read(self, synced):
        """PTV lists only organisations with content, so some of its sightings are hidden by the platform itself."""
        region, _, result = synced
        bridged = set(parquet(result, "bridge").column("record_id").to_pylist())
        hidden = {r for r in region.world.truth() if r not in bridged}
        assert all(r.startswith("ptv:") for r in hidden)

    def test_most_organisations_are_found_and_hardly_any_is_mixed_up(self, synced):
        region, _, result = synced
        found = score(parquet(result, "bridge"), region.world.truth())
        assert found.precision >= 0.95
        assert found.f1 >= 0.75

    def test_an_analyst_can_open_the_database(self, synced):
        _, _, result = synced
        con = duckdb.connect(str(result.release.path / "catalogue.duckdb"), read_only=True)
        count = con.execute("SELECT count(*) FROM organization_flat WHERE source_count > 1").fetchall()[0][0]
        assert count > 10
        assert con.execute("SELECT count(*) FROM theme_coverage").fetchall()[0][0] > 0
        con.close()

    def test_every_chosen_value_has_its_provenance(self, synced):
        """Each golden value stands as a chosen assertion of a record of that organisation."""
        _, _, result = synced
        con = duckdb.connect()
        for name in ("organization", "assertion", "bridge"):
            con.register(name, parquet(result, name))
        for field in ("name", "email", "website", "business_id", "municipality_code"):
            orphans = con.execute(f"""
                SELECT count(*) FROM organization o WHERE o.{field} IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM assertion a JOIN bridge b USING (record_id)
                    WHERE a.entity_id = o.id AND b.entity_id = o.id AND a.field = '{field}' AND a.chosen
                      AND a.value = o.{field})
            """).fetchall()[0][0]
            assert orphans == 0, field

    def test_contact_persons_stay_out_unless_asked_for(self, synced):
        region, settings, result = synced
        assert parquet(result, "contact").num_rows == 0
        people = {s.organisation.contact_name for s in region.world.sightings["kuntalista"]} - {None}
        assert people, "the list shows contact persons"
        published = b"".join(p.read_bytes() for p in (result.release.path / "parquet").iterdir())
        landed = read_table(settings.records_dir / "kuntalista", "contact").column("name").to_pylist()
        assert set(landed) & people
        names = {v for t in schema.tables(stage="catalogue") for v in _strings(parquet(result, t.name))}
        assert not names & people
        assert published

    def test_the_token_of_a_platform_is_written_nowhere(self, synced):
        """Neither in snapshots (unpacked) nor in the history, the records, the release or what was said."""
        region, settings, _ = synced
        for path in settings.data_dir.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                if path.name.endswith(".gz"):
                    content = gzip.decompress(content)
                assert TOKEN.encode() not in content, path
        assert TOKEN not in repr(region.said)

    def test_the_history_shows_every_asset_with_its_rows(self, synced):
        _, settings, _ = synced
        instance = open_instance(settings.data_dir)
        try:
            import dagster as dg

            for name in ("snapshot_ptv", "records_ptv", "matches", "entities", "catalogue", "release"):
                event = instance.get_latest_materialization_event(dg.AssetKey(name))
                assert event is not None, name
                metadata = event.asset_materialization.metadata
                assert metadata["dagster/row_count"].value > 0, name
        finally:
            instance.dispose()


def _strings(table):
    for column in table.columns:
        if str(column.type) == "string":
            yield from column.unique().to_pylist()


class TestTheNextRun:
    def test_unchanged_platforms_change_no_id_and_no_golden_row(self, region):
        _, first = region.sync()
        _, second = region.sync()
        assert parquet(first, "organization") == parquet(second, "organization")
        assert parquet(first, "assertion") == parquet(second, "assertion")
        assert first.release.version != second.release.version

    def test_offline_reads_the_same_records_again(self, region):
        settings, first = region.sync()
        folder = settings.records_dir / "ptv"
        before = {p.name: p.read_bytes() for p in folder.glob("*.parquet")}
        shutil.rmtree(folder)
        _, again = region.sync(offline=True)
        assert {p.name: p.read_bytes() for p in folder.glob("*.parquet")} == before
        assert set(states(again).values()) == {"replayed"}
        assert parquet(again, "organization") == parquet(first, "organization")

    def test_a_platform_that_fails_leaves_its_last_good_records_and_is_named(self, region):
        _, first = region.sync()
        _, second = region.sync(harm=lambda sites: sites["lahella"].faults.append(Fault("status", status=500)))
        assert states(second) == states(first) | {"lahella": "stale"}
        assert second.exit_code == 1
        assert parquet(second, "organization") == parquet(first, "organization")
        message = next(o.message for o in second.outcomes if o.source == "lahella")
        assert "HTTP 500" in message
        assert "\n" not in message

    def test_a_source_that_shrinks_is_held_back_until_somebody_agrees(self, region):
        _, first = region.sync()
        region.world.sightings["yhdistysinfo"] = region.world.sightings["yhdistysinfo"][:3]
        _, held = region.sync()
        assert states(held)["yhdistysinfo"] == "held"
        assert parquet(held, "organization") == parquet(first, "organization")
        _, agreed = region.sync(accept_shrink=("yhdistysinfo",))
        assert states(agreed)["yhdistysinfo"] == "fresh"
        assert next(o for o in agreed.outcomes if o.source == "yhdistysinfo").organizations == 3


class TestABadFirstRun:
    @pytest.mark.parametrize("kind", ["status", "html", "truncate", "reset", "junk"])
    def test_one_broken_platform_never_stops_the_others(self, region, kind):
        _, result = region.sync(harm=lambda sites: sites["ptv"].faults.append(Fault(kind)))
        assert states(result)["ptv"] == "missing"
        assert result.release is not None
        assert result.exit_code == 1

    def test_without_any_source_nothing_is_published_and_the_reason_is_one_line(self, region):
        def harm(sites):
            for site in sites.values():
                site.faults.append(Fault("status"))

        settings, result = region.sync(harm=harm)
        assert result.release is None
        assert "nothing to publish" in result.stop
        assert "\n" not in result.stop
        assert not (settings.releases_dir / "latest.json").exists()

    def test_a_wrong_token_fails_its_source_only(self, region):
        _, result = region.sync(change=lambda text: text.replace("${LAHELLA_TOKEN}", "${OTHER_TOKEN}"))
        assert states(result)["lahella"] == "missing"
        assert "OTHER_TOKEN is not set" in next(o.message for o in result.outcomes if o.source == "lahella")
        assert result.release is not None


class TestTheGuardOfTheRelease:
    def test_a_catalogue_that_breaks_its_schema_is_never_published(self, region, monkeypatch):
        """Here: a golden row whose parent does not exist."""
        settings, first = region.sync()
        build = catalogue.build

        def broken(*args, **options):
            built = build(*args, **options | {"done": lambda tables: None})
            rows = built.tables["organization"].to_pylist()
            rows[0]["parent_organization_id"] = "org_NOBODY"
            built.tables["organization"] = schema.table_from_rows("organization", rows)
            return built

        monkeypatch.setattr(catalogue, "build", broken)
        _, second = region.sync()
        assert second.release is None
        assert "schema_reference" in second.stop
        assert "org_NOBODY" in second.stop
        assert second.exit_code == 1
        with pytest.raises(Stop, match="breaks its schema"):
            stages.publish(settings, now=datetime.now(UTC))
        assert release.latest(settings.releases_dir).version == first.release.version


class TestTwoRunsAtOnce:
    def test_a_second_process_is_told_to_wait_and_changes_nothing(self, region):
        settings, first = region.sync()
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(settings.data_dir)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            assert holder.stdout.readline().strip() == "held"
            with pytest.raises(Stop, match="another run is at work"):
                region.sync()
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()
        assert release.latest(settings.releases_dir).version == first.release.version
        assert region.sync()[1].exit_code == 0, "a killed holder leaves no lock behind"


_HOLD = """
import sys, time, pathlib
from pipeline.locks import alone
with alone(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class TestNightAfterNight:
    """Matching remembers, and the services of one organisation are one where several platforms show them."""

    def test_services_of_several_platforms_are_one_and_hardly_any_is_mixed_up(self, synced):
        region, _, result = synced
        found = score(parquet(result, "bridge"), service_truth(region.world))
        assert found.precision >= 0.98
        assert found.recall >= 0.6
        several = [b for b in parquet(result, "match").to_pylist() if b["kind"] == "service" and b["in_same_entity"]]
        assert several
        reasons = {(r["record_id_a"], r["record_id_b"]) for r in parquet(result, "match_reason").to_pylist()}
        assert {(b["record_id_a"], b["record_id_b"]) for b in several} <= reasons

    def test_the_manifest_names_the_weights(self, synced):
        _, settings, result = synced
        told = result.release.manifest["matching"]
        assert set(told["weights"]) == {"origin", "id", "version", "fingerprint"}
        assert told["services"]
        assert (settings.data_dir / "matching" / "weights.yml").exists()

    def test_a_pair_of_services_is_explained(self, synced):
        _, settings, result = synced
        pair = next(m for m in parquet(result, "match").to_pylist() if m["kind"] == "service")
        asked = ["explain", pair["record_id_a"], pair["record_id_b"], "--data-dir", str(settings.data_dir)]
        said = CliRunner().invoke(cli, asked)
        assert said.exit_code == 0, said.output
        assert "one service in the release" in said.output

    def test_weights_are_learned_from_the_newest_records(self, synced, tmp_path):
        _, settings, _ = synced
        out = tmp_path / "ours.yml"
        asked = ["weights", "learn", "--config", str(settings.config_path), "--out", str(out)]
        said = CliRunner().invoke(cli, asked)
        assert said.exit_code == 0, said.output
        assert load_weights(out).bits.keys() == load_weights().bits.keys()

    def test_the_second_night_remembers_and_publishes_the_same(self, region):
        _, first = region.sync()
        _, second = region.sync()
        assert "full run" in first.release.manifest["matching"]["run"]
        assert "as the night before" in second.release.manifest["matching"]["run"]
        for name in ("organization", "match", "match_reason", "relation"):
            assert parquet(first, name).equals(parquet(second, name)), name
        ids = [parquet(result, "bridge").select(["record_id", "entity_id"]) for result in (first, second)]
        assert ids[0].equals(ids[1])

    def test_pinned_weights_are_used_and_a_missing_file_stops(self, region):
        pin = region.folder.parent / "pinned.yml"
        pin.write_text(weights_text(replace(load_weights(), id="ours")), encoding="utf-8")
        _, result = region.sync(change=lambda text: f"{text}matching: {{weights: {pin}}}\n")
        assert result.release.manifest["matching"]["weights"]["origin"] == "pinned"
        pin.unlink()
        _, result = region.sync(change=lambda text: f"{text}matching: {{weights: {pin}}}\n")
        assert result.release is None
        assert "pinned weights cannot be read" in result.stop
