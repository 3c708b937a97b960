"""Starts Dagster's user interface on loopback with the right configuration and history.

Dagster has no log-in of its own, so it listens on this machine only.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

DEMO = Path("data/demo/koonti.yml")


def choose_config(asked: Path | None) -> Path:
    """The configuration to show: the one asked for, else koonti.yml, else the demo's when only that has been run."""
    if asked:
        return asked
    usual = Path("koonti.yml")
    if DEMO.exists() and not Path("data/releases/latest.json").exists():
        return DEMO
    return usual


def serve(asked: Path | None, port: int) -> int:
    """Runs `dagster dev` until it is interrupted; returns its exit code."""
    config = choose_config(asked)
    if not config.exists():
        click.echo(f"{config}: there is no such file.", err=True)
        return 2
    root = Path.cwd()
    if not (root / "dagster.yaml").exists():
        click.echo("Start it in the root of the repository, where dagster.yaml is.", err=True)
        return 2
    (root / "data" / ".dagster").mkdir(parents=True, exist_ok=True)
    click.echo(f"Showing {config}. Open http://127.0.0.1:{port} (Ctrl-C stops it).")
    if config == DEMO and asked is None:
        click.echo("koonti.yml has no release yet; `koonti ui --config koonti.yml` shows it all the same.")
    env = {**os.environ, "DAGSTER_HOME": str(root), "KOONTI_CONFIG": str(config.resolve()), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, env=env, preexec_fn=_default_interrupt)  # noqa: S603
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        return process.wait()


def _default_interrupt() -> None:
    """In a background job SIGINT is ignored, and Dagster would then ignore SIGTERM as well."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
