"""Whether a record still describes whom it described, or its id now stands for somebody else.

Platforms correct register numbers, rename organisations and move them; that is the same body. Some give an id to
another body, or mix two bodies up for a day. Carrying the persistent id along would then tell every importer that the
one has become the other. So a record is held (`lifecycle`) when

* `reused_native_id`: its name, its contacts and, where both states have one, its register number all differ, or
* `changed_identity`: it states another valid register number, and neither name, street address nor a contact is as
  before,

and no other record of its organisation says the same as the new state.
"""

from collections.abc import Callable, Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.identity.evidence import REGISTERS, Evidence, evidence, remembered

Tables = Mapping[str, pa.Table]
Siblings = Callable[[Collection[str]], Mapping[str, Evidence]]
"""Records -> what the other records of the organisation of each say."""


def nobody(_: Collection[str]) -> Mapping[str, Evidence]:
    """Siblings where none are known."""
    return {}


def verdict(before: Evidence, now: Evidence) -> str | None:
    """The issue code when the record seems to be somebody else's now; null when it is the same or says too little.

    A state without a name, or with no register number or contact to compare, proves nothing.
    """
    if not before.names or not now.names or same_name(before.names, now.names):
        return None
    if before.registers & now.registers or before.contacts & now.contacts:
        return None
    other_number = any(_numbers(before, r) and _numbers(now, r) for r in REGISTERS)
    other_contacts = bool(before.contacts and now.contacts)
    same_place = bool(before.places & now.places)
    if other_contacts and (other_number or not same_place):
        return "reused_native_id"
    return "changed_identity" if other_number and not same_place else None


def same_name(before: Collection[str], now: Collection[str]) -> bool:
    """True when one could be the other renamed: the same name, or a distinctive word in no other place.

    An umbrella or abbreviation in common says something only together with the place: MLL has 550 chapters.
    """
    shared = set(before) & set(now)
    kinds = {key.split(":", 1)[0] for key in shared}
    if "n" in kinds:
        return True
    if all(any(key.startswith("p:") for key in keys) for keys in (before, now)) and "p" not in kinds:
        return False
    return "w" in kinds or ("p" in kinds and bool(kinds & {"u", "a"}))


def suspects(before: Tables, now: Tables, records: Collection[str], *, siblings: Siblings = nobody) -> dict[str, str]:
    """Record -> issue code for those of the records (in both) that seem to have become somebody else's.

    Only records whose name differs are read closely.
    """
    was, is_now = _names(before, records), _names(now, records)
    renamed = sorted(r for r in was.keys() & is_now.keys() if was[r] != is_now[r])
    if not renamed:
        return {}
    old, new = evidence(before, renamed), evidence(now, renamed)
    found = {r: code for r in renamed if (code := verdict(old[r], new[r]))}
    beside = siblings(list(found)) if found else {}
    return {r: code for r, code in found.items() if r not in beside or not _agrees(beside[r], new[r])}


def strangers(ended: pa.Table, now: Tables) -> dict[str, str]:
    """Record -> issue code for records that had ended, came back and seem to be somebody else's.

    `ended` is the table `ended_record`.
    """
    back = ended.filter(pc.is_in(ended.column("record_id"), value_set=now["record"].column("record_id")))
    new = evidence(now, back.column("record_id").to_pylist()) if len(back) else {}
    return {
        row["record_id"]: code
        for row in back.to_pylist()
        if (code := verdict(remembered(row), new[row["record_id"]].digested()))
    }


def _agrees(sibling: Evidence, new: Evidence) -> bool:
    shared = sibling.registers & new.registers or sibling.contacts & new.contacts
    return bool(shared) or same_name(sibling.names, new.names)


def _numbers(one: Evidence, register: str) -> bool:
    return any(number.startswith(f"{register}:") for number in one.registers)


def _names(tables: Tables, records: Collection[str]) -> dict[str, str]:
    data = tables["record"].select(["record_id", "name"])
    chosen = data.filter(pc.is_in(data.column("record_id"), value_set=pa.array(sorted(records), pa.string())))
    return {row["record_id"]: row["name"].casefold() for row in chosen.to_pylist() if row["name"]}
