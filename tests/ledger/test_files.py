"""Ledger files: append-only, readable in any spelling a spreadsheet program gives them, or refused line by line."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ledger import files, sheet, spec
from pipeline.storage import Stop

HEAD = "id,record_id_a,record_id_b,decision,relation,author,decided_at,note,evidence,revokes\n"
WHEN = "2026-01-02T03:04:05Z"
ROW = {"record_id_a": "a:1", "record_id_b": "b:1", "decision": "same", "author": "kk", "decided_at": WHEN}


@pytest.fixture
def ledger(tmp_path):
    """Writes judgements.csv as given and reads it."""

    class Ledger:
        folder = tmp_path / "ledger"
        path = folder / "judgements.csv"

        def write(self, content):
            self.folder.mkdir(exist_ok=True)
            self.path.write_bytes(content if isinstance(content, bytes) else content.encode())

        def read(self, content=None):
            if content is not None:
                self.write(content)
            return files.read(self.folder, "judgements")

        def broken(self, content):
            with pytest.raises(files.LedgerBroken) as caught:
                self.read(content)
            return caught.value.lines

        def add(self, **cells):
            return files.append(self.folder, "judgements", {**ROW, **cells}, data_dir=tmp_path)

    return Ledger()


TEXT = st.text(st.characters(exclude_categories=("Cs",)))


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXT, TEXT.filter(str.strip)), min_size=1, max_size=3))
def test_any_text_comes_back_and_stays_on_one_line(cells):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for note, author in cells:
            files.append(folder, "judgements", {**ROW, "note": note, "author": author}, data_dir=folder)
        read = files.read(folder, "judgements")
        assert [(r["note"], r["author"]) for r in read] == [(n.strip(), a.strip()) for n, a in cells]
        body = (folder / "judgements.csv").read_bytes()
        assert body.count(b"\n") == 1 + len(cells)
        assert b"\r" not in body


def test_adding_a_row_changes_no_earlier_byte(ledger):
    ledger.add(note="ensimmäinen")
    before = ledger.path.read_bytes()
    ledger.add(record_id_b="c:1")
    assert ledger.path.read_bytes().startswith(before)


def test_a_file_that_is_not_there_has_no_rows(ledger):
    assert ledger.read() == []


@pytest.mark.parametrize(
    "spelled",
    [
        lambda t: b"\xef\xbb\xbf" + t.encode(),
        lambda t: t.replace(",", ";").encode(),
        lambda t: t.replace(",", "\t").encode(),
        lambda t: t.replace("\n", "\r\n").encode(),
        lambda t: t.rstrip("\n").encode(),
        lambda t: ('# Huomautus, jossa on pilkku ja "lainaus"\n\n' + t + "\n,,,,,,,,,\n").encode(),
        lambda t: t.replace("id,", "ID ,", 1).encode(),
    ],
    ids=["bom", "semicolons", "tabs", "crlf", "no last line end", "remarks and empty lines", "header in capitals"],
)
def test_what_a_spreadsheet_program_makes_of_a_file_is_read_and_kept(ledger, spelled):
    ledger.write(spelled(f"{HEAD}j1,a:1,b:1,same,,kk,{WHEN},höpö,,\n"))
    added = ledger.add(note="toinen", record_id_a="c:1")
    one, two = ledger.read()
    assert (one["id"], one["note"], two["note"]) == ("j1", "höpö", "toinen")
    assert two == added


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("j1,a:1,b:1,samma,,kk,2026-01-01,,,", "decision is 'samma'; allowed: same, different, unsure, related"),
        ("j1,a:1,,same,,kk,2026-01-01,,,", "record_id_b is empty"),
        ("j1,a:1,b:1,same,,kk,eilen,,,", "decided_at is 'eilen', which is no time"),
        ("j 1,a:1,b:1,same,,kk,2026-01-01,,,", "id is 'j 1'"),
        (",a:1,b:1,same,,kk,2026-01-01,,,", "id is empty"),
        ("j1,a:1,b:1,same,,kk,2026-01-01,,,j0", "revokes 'j0', which is no id of an earlier line"),
        ("j1,a:1,b:1,same,,kk,2026-01-01,yes, one,,", "put a cell that holds ',' in double quotes"),
        ('j1,a:1,b:1,same,,kk,2026-01-01,"open,,', "double quote"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_by_its_line(ledger, row, said):
    (line,) = ledger.broken(HEAD + "# remark\n" + row + "\n")
    assert line.startswith(f"{ledger.path}:3: ")
    assert said in line


def test_every_mistake_is_told_at_once(ledger):
    lines = ledger.broken(HEAD + "j1,a:1,b:1,samma,,kk,2026-01-01,,,\nj1,a:1,b:1,same,,kk,2026-01-01,,,\n" * 2)
    assert [line.split(":")[1] for line in lines] == ["2", "3", "4", "4", "5"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (HEAD.replace("note", "notes"), "unknown column 'notes'; allowed: id, "),
        (HEAD.replace("note,", "note,note,"), "stands twice"),
        (HEAD.replace("decision,", ""), "lacks the column 'decision'"),
    ],
)
def test_a_header_that_cannot_be_used_is_told(ledger, head, said):
    assert said in ledger.broken(head)[0]


def test_a_file_in_another_encoding_says_how_to_save_it(ledger):
    (line,) = ledger.broken(HEAD.encode() + b"j1,a:1,b:1,same,,kk,2026-01-01,h\xf6p\xf6,,\n")
    assert line.startswith(f"{ledger.path}:2: ")
    assert "CSV UTF-8" in line


def test_a_broken_file_is_never_added_to(ledger):
    ledger.write("nonsense\n")
    with pytest.raises(Stop):
        ledger.add()
    assert ledger.path.read_text(encoding="utf-8") == "nonsense\n"


def test_a_wrong_row_is_not_written(ledger):
    ledger.add()
    before = ledger.path.read_bytes()
    with pytest.raises(files.LedgerBroken, match="allowed"):
        ledger.add(decision="perhaps")
    assert ledger.path.read_bytes() == before


def test_a_failing_disk_leaves_the_old_file(ledger, monkeypatch):
    ledger.add()
    before = ledger.path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Stop, match="cannot be written"):
        ledger.add()
    assert ledger.path.read_bytes() == before
    assert [p.name for p in ledger.folder.iterdir()] == ["judgements.csv"]


def test_nothing_is_added_while_a_run_is_at_work(ledger, tmp_path):
    held = (
        "import sys; from pathlib import Path; from pipeline.locks import alone\n"
        "with alone(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Stop, match="another run is at work"):
            ledger.add()
        other.stdin.close()
    ledger.add()


def test_a_revoked_row_no_longer_holds_and_a_revoked_revocation_restores_it(ledger):
    ledger.add(id="j1")
    ledger.add(id="j2", record_id_a="", record_id_b="", decision="", revokes="j1")
    assert files.holding(ledger.read()) == []
    ledger.add(id="j3", record_id_a="", record_id_b="", decision="", revokes="j2")
    assert [r["id"] for r in files.holding(ledger.read())] == ["j1"]


def test_a_new_decision_can_revoke_an_earlier_one(ledger):
    ledger.add(id="j1")
    ledger.add(id="j2", decision="different", revokes="j1")
    assert [r["id"] for r in files.holding(ledger.read())] == ["j2"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-31T12:00:00Z", "2026-03-31T12:00:00+00:00"),
        ("2026-03-31T12:00:00+03:00", "2026-03-31T09:00:00+00:00"),
        ("31.3.2026 12.00", "2026-03-31T09:00:00+00:00"),
        ("1.12.2026 klo 9:05", "2026-12-01T07:05:00+00:00"),
    ],
)
def test_times_are_read_as_iso_or_as_finns_write_them(text, meant):
    assert spec.moment(text).isoformat() == meant


@pytest.mark.parametrize("text", ["31.2.2026", "2026-13-01", "", "9999-12-31T23:59:59-14:00"])
def test_what_is_no_time_is_null(text):
    assert spec.moment(text) is None


def test_every_column_says_what_it_holds():
    for one in spec.specs().values():
        assert next(iter(one.columns)) == "id"
        assert list(one.columns)[-1] == "revokes"
        assert all(c.about.endswith(".") for c in one.columns.values()), one.name


@pytest.mark.parametrize("value", ["=1+1", "+358 40 000 0001", "-", "@SUM(A1)", "'=x", "''+1", "'lainaus'", "a=b", "x"])
def test_no_cell_begins_as_a_formula_and_every_one_is_read_as_it_was(value):
    written = sheet.escaped(value)
    assert written[:1] not in ("=", "+", "-", "@")
    assert sheet._plain(written) == value


def test_a_cell_that_a_person_wrote_without_an_apostrophe_is_read_as_it_is():
    assert sheet._plain("+358 40 000 0001") == "+358 40 000 0001"
