"""Where an entry goes in koonti.yml, however the file is written."""

from pathlib import Path

import pytest
import yaml

from pipeline.config_entry import add_source
from pipeline.config_file import ConfigMistakes

ENTRY = "uusi:\n  kind: csv\n  path: inbox/uusi/\n  # publisher: …\n"
PTV = "  ptv:\n    base_url: https://api.example.fi/v11\n"


def added(tmp_path: Path, text: str) -> str:
    path = tmp_path / "koonti.yml"
    path.write_bytes(text.encode())
    line = add_source(path, "uusi", ENTRY)
    after = path.read_bytes().decode()
    assert after.splitlines()[line - 1].strip() == "uusi:"
    return after


@pytest.mark.parametrize(
    "text",
    [
        f"region: []\nsources:\n{PTV}",
        f"sources:\n{PTV}\n\n# schedule below\nschedule: '0 2 * * *'\n",
        f"sources:\n{PTV}  # a remark of the sources\nschedule: '0 2 * * *'",
        f"sources:\n{PTV}    batch_size: >-\n      20\n",
        f"sources:\r\n{PTV}".replace("\n", "\r\n").replace("\r\r", "\r"),
        "sources:\n    ptv:\n        base_url: https://api.example.fi/v11\n",
        "region: []\nsources:\nschedule: '0 2 * * *'\n",
        "region: []\n",
    ],
)
def test_an_entry_is_added_and_every_line_before_stays(tmp_path: Path, text: str) -> None:
    after = added(tmp_path, text)
    entries = yaml.safe_load(after)["sources"]
    assert entries["uusi"] == {"kind": "csv", "path": "inbox/uusi/"}
    before = yaml.safe_load(text)
    assert entries == {**(before.get("sources") or {}), "uusi": entries["uusi"]}
    rest = iter(after.splitlines())
    assert all(line in rest for line in text.splitlines()), "lines are gone, or stand in another order"
    assert after.count("\r\n") in (0, after.count("\n"))


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "muualla.yml"
    real.write_text(f"sources:\n{PTV}", encoding="utf-8")
    (tmp_path / "koonti.yml").symlink_to(real)
    add_source(tmp_path / "koonti.yml", "uusi", ENTRY)
    assert (tmp_path / "koonti.yml").is_symlink()
    assert "uusi:" in real.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sources: {ptv: {base_url: 'https://api.example.fi'}}\n", "do not stand one below the other"),
        (f"sources:\n{PTV}regoin: []\n", "was not changed, as it would hold mistakes"),
        ("sources: [\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_take_it_is_not_touched(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "koonti.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigMistakes, match=sentence):
        add_source(path, "uusi", ENTRY)
    assert path.read_text(encoding="utf-8") == text
    assert [p.name for p in tmp_path.iterdir()] == ["koonti.yml"]
