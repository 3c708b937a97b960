"""Words that many towns have, also where the list is short."""

import pyarrow as pa
import pytest

from pipeline.dedupe.common_words import are_common
from pipeline.transform.names.many_stems import stems_of_each
from pipeline.transform.names.word_lists import coded_words


def is_common(core: str) -> bool:
    rare = ["sadekehat"]
    rows, code, words = coded_words(pa.array([rare, core.split(" "), rare]))
    first, last = are_common(rows, code, stems_of_each(words), 3)[:2]
    assert not first
    return bool(last)


@pytest.mark.parametrize("core", ["metsastys", "yrittajat", "vanhempain", "hembygds", "koulu vanhempain", "nuorten"])
def test_words_of_many_towns_are_common_in_every_case_and_number(core: str) -> None:
    assert is_common(core)


@pytest.mark.parametrize("core", ["sadekehat", "koulu sadekehat", ""])
def test_a_word_of_its_own_makes_a_core_rare(core: str) -> None:
    assert not is_common(core)
