"""A YAML file that remembers its lines, so that a mistake can be shown where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import yaml


class ConfigMistakes(Exception):
    """A configuration that cannot be used; `lines` holds one readable line per mistake."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(slots=True)
class ConfigFile:
    """The parsed file, the line of every key path, and the mistakes found so far."""

    path: Path
    data: dict[str, Any]
    lines: dict[tuple[str, ...], int]
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a file; raises `ConfigMistakes` when it is missing, is no YAML, or says a key twice."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise ConfigMistakes([f"{path}: there is no such file. Copy koonti.yml of the repository."]) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigMistakes([f"{path}: cannot be read ({error})."]) from None
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            raise ConfigMistakes([f"{path}{line}: is no valid YAML: {getattr(error, 'problem', error)}."]) from None
        if not isinstance(data, dict):
            raise ConfigMistakes([f"{path}: is empty or holds no settings."])
        made = cls(path, data, {(): 1})
        made._walk((), root)
        made.raise_if_mistaken()
        return made

    def _walk(self, where: tuple[str, ...], node: yaml.Node | None) -> None:
        if not isinstance(node, yaml.MappingNode):
            return
        for key, value in node.value:
            inner = (*where, str(key.value))
            if inner in self.lines:
                self.mistakes.append((key.start_mark.line + 1, f"'{key.value}' is said twice; keep one of them"))
            self.lines[inner] = key.start_mark.line + 1
            self._walk(inner, value)

    def mistake(self, where: tuple[str, ...], message: str) -> None:
        """Notes a mistake at a key; a key that does not exist counts as standing at its parent."""
        while where and where not in self.lines:
            where = where[:-1]
        self.mistakes.append((self.lines[where], message))

    def raise_if_mistaken(self) -> None:
        """Raises `ConfigMistakes` with all mistakes in the order of the file."""
        if self.mistakes:
            raise ConfigMistakes([f"{self.path}:{line}: {message}" for line, message in sorted(set(self.mistakes))])

    def check_keys(self, where: tuple[str, ...], given: dict[str, Any], allowed: Iterable[str]) -> None:
        """Notes every key that is not allowed, with the nearest one that is."""
        allowed = list(allowed)
        for key in given:
            if key not in allowed:
                near = get_close_matches(str(key), allowed, 1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                self.mistake((*where, str(key)), f"unknown key '{key}'; allowed: {', '.join(allowed)}.{hint}")

    def mapping(self, where: tuple[str, ...], value: Any, allowed: Iterable[str]) -> dict[str, Any]:
        """A mapping with only allowed keys; nothing given is the empty one."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.mistake(where, f"expected keys under '{where[-1]}:', found '{value}'")
            return {}
        self.check_keys(where, value, allowed)
        return value

    def typed(self, where: tuple[str, ...], value: Any, kind: Any, words: str, *, optional: bool = False) -> Any:
        """The value when it has the wanted type (a bool is no number); otherwise null and a mistake."""
        if value is None and optional:
            return None
        wrong_bool = isinstance(value, bool) and kind is not bool
        if wrong_bool or not isinstance(value, kind):
            self.mistake(where, f"'{where[-1]}' must be {words}, found '{value}'")
            return None
        return value

    def strings(self, where: tuple[str, ...], value: Any) -> list[str]:
        """A list of texts; one text counts as a list of one."""
        if value is None:
            return []
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(v, str) for v in listed):
            self.mistake(where, f"'{where[-1]}' must be a list of texts")
            return []
        return listed
