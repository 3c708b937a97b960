"""Keeps the memory of a run of matching on disk, and says whether it may be used.

A memory is good for the code and reference data that made it, and for no other: its fingerprint covers both, and the
versions of the libraries that compare. The folder appears whole or not at all.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import yaml

from pipeline.dedupe.memory import Memory
from pipeline.dedupe.weights import Weights, WeightsError, load_weights, weights_text
from pipeline.storage import MANIFEST, read_manifest, replace_folder

ROOT = Path(__file__).parents[2]
CODE = ("pipeline/dedupe", "pipeline/transform/names", "pipeline/transform/reference.py", "data/reference")
LIBRARIES = ("numpy", "pyarrow", "rapidfuzz", "duckdb")
WEIGHTS = "weights.yml"
DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile, WeightsError, yaml.YAMLError)
FORGOTTEN = ("next_signatures", "looked_up", "reused")
"""Fields of a memory that belong to the run that is under way."""


@dataclass(slots=True)
class Kept:
    """A memory with the weights it was made with."""

    memory: Memory
    weights: Weights
    full_at: datetime
    """When everything was last worked out anew."""


def weights_fingerprint(weights: Weights) -> str:
    """What tells two sets of weights apart, sixteen hexadecimal digits."""
    return hashlib.sha256(weights_text(weights).encode()).hexdigest()[:16]


@cache
def code_fingerprint(root: Path = ROOT) -> str:
    """What tells apart the code, reference data and libraries that results depend on."""
    digest = hashlib.sha256()
    for name in CODE:
        place = root / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix in (".py", ".sql", ".yml", ".csv"):
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update("".join(f"{one}={version(one)};" for one in LIBRARIES).encode())
    return digest.hexdigest()[:16]


def write(folder: Path, kept: Kept) -> None:
    """Puts the memory in place of the one before."""
    aside = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    plain: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for one in fields(Memory):
        value = getattr(kept.memory, one.name)
        if one.name in FORGOTTEN or value is None:
            continue
        if isinstance(value, pa.Table):
            _write_table(aside / f"{one.name}.arrow", value)
        elif isinstance(value, pa.Array | pa.ChunkedArray):
            _write_table(aside / f"{one.name}.column.arrow", pa.table({"value": value}))
        elif isinstance(value, np.ndarray):
            arrays[one.name] = value
        elif isinstance(value, dict):
            arrays |= {f"{one.name}.{key}": part for key, part in value.items()}
        elif isinstance(value, frozenset):
            plain[one.name] = {"set": sorted(value)}
        else:
            plain[one.name] = value
    np.savez(aside / "arrays.npz", **arrays)
    (aside / WEIGHTS).write_text(weights_text(kept.weights), encoding="utf-8")
    facts = {"code": code_fingerprint(), "full_at": kept.full_at.isoformat(), "plain": plain}
    (aside / MANIFEST).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    replace_folder(aside, folder)


def read(folder: Path) -> Kept | str:
    """The memory of a folder, or why there is none that may be used: the end of "a full run, because …"."""
    facts = read_manifest(folder)
    if facts is None:
        return "nothing is remembered"
    if facts.get("code") != code_fingerprint():
        return "the code or the reference data of matching have changed"
    memory = Memory()
    try:
        for path in sorted(folder.glob("*.arrow")):
            table = _read_table(path)
            name = path.name.split(".")[0]
            setattr(memory, name, table if ".column." not in path.name else table.column(0).combine_chunks())
        with np.load(folder / "arrays.npz") as arrays:
            for key in arrays.files:
                name, _, part = key.partition(".")
                if part:
                    getattr(memory, name)[part] = arrays[key]
                else:
                    setattr(memory, name, arrays[key])
        for name, value in facts["plain"].items():
            is_set = isinstance(value, dict) and "set" in value
            setattr(memory, name, frozenset(tuple(v) for v in value["set"]) if is_set else value)
        return Kept(memory, load_weights(folder / WEIGHTS), datetime.fromisoformat(facts["full_at"]))
    except (*DAMAGE, pa.ArrowException) as error:
        return f"what is remembered cannot be read ({type(error).__name__})"


def _write_table(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read_table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all().combine_chunks()
