"""A record that becomes somebody else's is told from one that is corrected, renamed or moved."""

import pytest

from pipeline.identity.evidence import Evidence, kept, name_keys, remembered
from pipeline.identity.quarantine import verdict

HEART, CHESS = "Varkauden Sydänyhdistys ry", "Kuopion Shakkikerho ry"
A, B = "1234567-1", "7654321-2"


def said(name=HEART, number=None, contact=None, street=None):
    """What a record says: null for what it does not."""
    return Evidence(
        frozenset(name_keys(name)),
        frozenset({f"business_id:{number}"} if number else ()),
        frozenset({f"c:{contact}"} if contact else ()),
        frozenset({street} if street else ()),
    )


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        # another number, and nothing goes on
        (said(number=A), said(CHESS, B), "changed_identity"),
        (said(number=A, contact="1"), said(CHESS, B), "changed_identity"),
        (said(number=A, contact="1"), said(CHESS, B, "2"), "reused_native_id"),
        (said(contact="1"), said(CHESS, contact="2"), "reused_native_id"),
        (said(number=A, contact="1", street="x"), said(CHESS, B, "2", "x"), "reused_native_id"),
        # a corrected number, a new name, a move: the same body
        (said(number=A), said(number=B), None),
        (said(number=A), said("Varkauden sydän- ja verisuoniyhdistys ry", B), None),
        (said(number=A, contact="1"), said(CHESS, B, "1"), None),
        (said(number=A, street="Katu 1 78200"), said(CHESS, B, street="Katu 1 78200"), None),
        (said(number=A, contact="1"), said(CHESS, A, "2"), None),
        (said(contact="1", street="x"), said(CHESS, contact="2", street="x"), None),
        # too little is said
        (said(number=A), said(CHESS), None),
        (said(), said(CHESS, B, "2"), None),
        (said(None, A, "1"), said(CHESS, B, "2"), None),
    ],
)  # fmt: skip
def test_what_goes_on_and_what_does_not(before, now, code):
    assert verdict(before, now) == code
    digested = remembered(kept(before))
    assert verdict(digested, now.digested()) == code, "digests must tell the same"


def test_a_chapter_of_the_same_umbrella_in_another_place_is_somebody_else():
    before, now = said("MLL Kuopion yhdistys ry", A), said("MLL Iisalmen yhdistys ry", B)
    assert verdict(before, now) == "changed_identity"


def test_digests_hold_no_value():
    row = kept(said(number=A, contact="+358440000001", street="Katu 1 78200"))
    assert "440000001" not in str(row)
    assert A not in str(row)
    assert all(len(part.split(":")[1]) == 5 for column in row.values() for part in column.split("|"))
