"""The Dagster instance: where the history of runs is kept.

Run-time data below `data/` of the repository share the instance of `dagster.yaml`, which the user interface opens.
Data elsewhere keep their history beside them, in `<data_dir>/.dagster`.
"""

import os
from pathlib import Path

import dagster as dg
import yaml


def open_instance(data_dir: Path, root: Path | None = None) -> dg.DagsterInstance:
    """The instance for a data folder; `root` is where `dagster.yaml` lies (the current folder unless told)."""
    root = (root or Path.cwd()).resolve()
    if (root / "dagster.yaml").exists() and data_dir.resolve().is_relative_to(root / "data"):
        os.environ["DAGSTER_HOME"] = str(root)
        return dg.DagsterInstance.get()
    home = data_dir / ".dagster"
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(_config(home), encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home.resolve())
    return dg.DagsterInstance.from_config(str(home.resolve()))


def _config(home: Path) -> str:
    base = str(home.resolve())
    settings = {
        "storage": {"sqlite": {"base_dir": base}},
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
    }
    return yaml.safe_dump(settings)
