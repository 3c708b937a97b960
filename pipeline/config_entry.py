"""Adds the entry of a source to koonti.yml and leaves every other byte of the file as it stands, remarks included.

Belongs here: where in the text an entry goes, and that the file is still right afterwards. Does not belong here: what
an entry says (the commands and packages of platforms make it).
"""

import shutil
from pathlib import Path
from typing import Any

import yaml

from pipeline.config_file import ConfigMistakes
from pipeline.settings import load


def sources_of(path: Path) -> dict[str, Any]:
    """The entries that a configuration has, by id; raises `ConfigMistakes` when it cannot be read."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigMistakes([f"{path}: there is no such file. Copy koonti.yml of the repository."]) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigMistakes([f"{path}: cannot be read ({str(error).splitlines()[0]})."]) from None
    found = data.get("sources") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def add_source(path: Path, source_id: str, entry: str) -> int:
    """Writes an entry (YAML, `id:` in its first line) below the others and returns its line.

    The file is changed in one step, or not at all: raises `ConfigMistakes` when it has the id already, when its
    sources are written in braces, or when it would hold a mistake afterwards.
    """
    path = path.resolve()  # a link stays one
    if source_id in sources_of(path):
        raise ConfigMistakes([f"{path}: there is a source '{source_id}' already; choose another id."])
    before = path.read_bytes().decode("utf-8")
    text, line = _with_entry(before, entry, path)
    aside = path.with_name(f"{path.name}.partial")
    try:
        aside.write_bytes(text.encode("utf-8"))
        shutil.copymode(path, aside)
        load(aside)
        aside.replace(path)
    except ConfigMistakes as mistakes:
        told = [one.replace(str(aside), str(path)) for one in mistakes.lines]
        raise ConfigMistakes([f"{path} was not changed, as it would hold mistakes:", *told]) from None
    except OSError as error:
        raise ConfigMistakes([f"{path}: cannot be written ({error.strerror})."]) from None
    finally:
        aside.unlink(missing_ok=True)
    return line


def _with_entry(text: str, entry: str, path: Path) -> tuple[str, int]:
    """The text with the entry, and the line on which the entry begins."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    key, value = _sources(text)
    above: list[str] = []
    indent = 2
    if key is None:
        above, place = ["", "sources:"], len(lines)
    elif isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
        indent = value.value[0][0].start_mark.column
        place = _end(lines, key.start_mark.line, value.end_mark.line)
        above = [""]
    elif isinstance(value, yaml.ScalarNode) and not value.value:
        place = key.start_mark.line + 1
    else:
        where = f"{path}:{key.start_mark.line + 1}"
        raise ConfigMistakes([f"{where}: the sources do not stand one below the other; add the entry by hand."])
    added = [" " * indent + line if line else "" for line in entry.rstrip("\n").splitlines()]
    below = [""] if place < len(lines) and lines[place].strip() else []
    made = [*lines[:place], *above, *added, *below, *lines[place:]]
    return newline.join(made) + newline, place + len(above) + 1


def _sources(text: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "sources":
            return key, value
    return None, None


def _end(lines: list[str], start: int, end: int) -> int:
    """The line after the last entry: blank lines and remarks at the margin belong to what follows."""
    place = min(end, len(lines))
    while place > start + 1 and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
    return place
