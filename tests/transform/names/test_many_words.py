"""What is told of many words and names at once is what is told of each."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.transform.names import word_classes, word_signs
from pipeline.transform.names.folding import END, ascii_fold, folded_all, tidy, words, words_of_many
from pipeline.transform.names.ordinary_words import sorted_out
from pipeline.transform.names.slips import Near, deletions
from pipeline.transform.names.typing_errors import known_words
from pipeline.transform.names.word_classes import class_of, classes_of
from pipeline.transform.names.written_out import all_written_out, written_out

KNOWN = sorted(known_words())
LISTED = (
    "kuopion", "koski", "tl", "ry", "r.y", "yhdistys", "martat", "suomen", "ja", "mll", "4h-yhdistys", "tuki", "kerho",
    "naisjaosto", "tarmosaatio", "kannatusyhdistys", "taikakerho", "forening", "sv", "\x03", "n", "a", "2", "ß", "жук",
    "elakvalo", "sydavalo",
)  # fmt: skip
LETTERS = st.sampled_from("abehijklnorstuvy2-'")


def changed(word: str, at: int, letter: str, how: str) -> str:
    at %= len(word)
    kinds = {
        "left out": word[:at] + word[at + 1 :],
        "added": word[:at] + letter + word[at:],
        "exchanged": word[:at] + letter + word[at + 1 :],
        "swapped": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
        "moved": word[at] + word[:at] + word[at + 1 :],
        "as it is": word,
    }
    return kinds[how]


SLIPS = st.builds(
    changed, st.sampled_from(KNOWN), st.integers(0, 30), LETTERS,
    st.sampled_from(("left out", "added", "exchanged", "swapped", "moved", "as it is")),
)  # fmt: skip
WORDS = st.one_of(
    SLIPS,
    st.sampled_from(LISTED),
    st.text(LETTERS, min_size=1, max_size=12),
    st.builds("{}{}".format, st.text(LETTERS, min_size=1, max_size=8), st.sampled_from(LISTED)),
)
NAMES = st.lists(
    st.one_of(
        st.text(max_size=8), st.sampled_from((" ", "/", "-", " - ", ":", ": ", "&", " & ", "ry:n", "(", "?", "Tarmo"))
    ),
    max_size=6,
).map("".join)


def forget() -> None:
    word_classes._CLASSES.clear()
    word_signs._SIGNS.clear()


@settings(deadline=None)
@example(list(LISTED))
@given(st.lists(WORDS, max_size=30))
def test_words_have_the_classes_and_signs_that_each_has_by_itself(listed: list[str]) -> None:
    forget()
    found = classes_of(listed)
    signs = [word_signs.word_signs(w) for w in listed]
    forget()
    assert found == [class_of(w) for w in listed]
    assert signs == [word_signs.word_signs(w) for w in listed]


def test_most_rare_words_are_ordinary_and_those_that_something_is_known_of_are_not() -> None:
    ordinary, others, near = sorted_out(
        ["valnau", "nienaun", "kuopion", "taikakerho", "elakelitto", "жук", "sv2", "a-b"]
    )
    assert ordinary == ["valnau", "nienaun", "sv2"]
    assert others == ["kuopion", "taikakerho", "elakelitto", "жук", "a-b"]
    assert near == {"elakelitto"}


@given(st.lists(SLIPS, max_size=20))
def test_no_word_that_shares_a_deletion_with_a_known_one_is_left_out(listed: list[str]) -> None:
    index = {d for word in KNOWN[::50] for d in deletions(word)}
    assert Near(KNOWN[::50])(listed) == {w for w in listed if not index.isdisjoint(deletions(w))}


@given(st.lists(NAMES, max_size=12))
def test_names_folded_and_cut_together_are_so_as_alone(names: list[str]) -> None:
    tidied = [tidy(name) for name in names]
    folded = folded_all(tidied)
    assert folded == [ascii_fold(text) for text in tidied]
    assert words_of_many(folded) == [w for text in folded for w in (*words(text), END)]


def test_signs_at_the_edges_of_a_name_stay_in_it() -> None:
    names = [
        "tarmo -",
        "- reipas",
        "tarmo:",
        "/ reipas",
        "tarmo /",
        "& reipas",
        "tarmo\x08reipas",
        "& sisu &",
        "tarmo &",
        "ry:n",
    ]
    assert words_of_many(names) == [w for name in names for w in (*words(name), END)]


@given(
    st.lists(st.one_of(WORDS, st.sampled_from(("kylayhd", "soutuyhdsitys", "vanh", "yhd", "porinsuera"))), max_size=20)
)
def test_words_are_written_out_together_as_alone(listed: list[str]) -> None:
    assert all_written_out(listed) == [written_out(w) for w in listed]
