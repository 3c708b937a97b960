"""What Dagster sees: names, groups, checks and the schedule, derived from the configuration."""

from pathlib import Path

import dagster as dg
import pytest

from pipeline.config_file import ConfigMistakes
from pipeline.definitions import build_defs, defs
from pipeline.orchestration.metadata import markdown_table, preview, table_schema
from pipeline.orchestration.ui import choose_config
from pipeline.schema import table_from_rows
from pipeline.settings import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def definitions():
    return build_defs(load(ROOT / "koonti.yml", environment={}))


def test_the_definitions_load(definitions):
    dg.Definitions.validate_loadable(definitions)


def test_assets_are_named_after_stages_and_grouped_after_packages(definitions):
    specs = {s.key.to_user_string(): s for s in definitions.resolve_all_asset_specs()}
    assert {name: s.group_name for name, s in specs.items()} == {
        "snapshot_ptv": "sources",
        "records_ptv": "transform",
        "matches": "dedupe",
        "entities": "dedupe",
        "catalogue": "dedupe",
        "release": "exports",
    }
    for spec in specs.values():
        assert (ROOT / "pipeline" / spec.group_name).is_dir()
        assert spec.description


def test_a_source_shows_its_licence_and_publisher(definitions):
    spec = next(s for s in definitions.resolve_all_asset_specs() if s.key.to_user_string() == "snapshot_ptv")
    assert spec.metadata["publisher"]
    assert "CC" in spec.metadata["licence"]


def test_the_catalogue_is_guarded_by_checks_of_the_schema(definitions):
    keys = definitions.resolve_asset_graph().asset_check_keys
    names = {key.name for key in keys if key.asset_key.to_user_string() == "catalogue"}
    assert names == {"schema_key", "schema_required", "schema_codelist", "schema_reference", "decisions_agree"}


def test_the_night_is_finnish(definitions):
    (schedule,) = definitions.schedules
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Europe/Helsinki")


def test_no_schedule_when_the_configuration_has_none():
    assert not build_defs(load(ROOT / "examples" / "real-data.yml", environment={})).schedules


def test_dagster_finds_the_definitions_of_the_file_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KOONTI_CONFIG", str(ROOT / "koonti.yml"))
    dg.Definitions.validate_loadable(defs())
    monkeypatch.setenv("KOONTI_CONFIG", str(tmp_path / "nowhere.yml"))
    with pytest.raises(ConfigMistakes):
        defs()


def test_columns_carry_the_words_of_the_schema():
    columns = {c.name: c for c in table_schema("organization").columns}
    assert "Y-tunnus" in columns["business_id"].description
    assert columns["id"].constraints.unique


def test_a_preview_shows_no_contact_data():
    rows = table_from_rows("organization", [{"id": "1", "name": "A|B ry", "email": "salainen@example.fi"}])
    shown = preview("organization", rows).value
    assert "A\\|B ry" in shown
    assert "salainen" not in shown


def test_a_markdown_table_has_a_row_for_each_row():
    assert markdown_table(["a"], [["1"], ["2"]]).splitlines() == ["| a |", "| --- |", "| 1 |", "| 2 |"]


def test_the_user_interface_shows_the_demo_only_while_nothing_real_is_published(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert choose_config(None) == Path("koonti.yml")
    (tmp_path / "data" / "demo").mkdir(parents=True)
    (tmp_path / "data" / "demo" / "koonti.yml").touch()
    assert choose_config(None) == Path("data/demo/koonti.yml")
    (tmp_path / "data" / "releases").mkdir()
    (tmp_path / "data" / "releases" / "latest.json").touch()
    assert choose_config(None) == Path("koonti.yml")
    assert choose_config(Path("my.yml")) == Path("my.yml")
