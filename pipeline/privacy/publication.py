"""Decides what of the records may be published: whose a contact is, and which addresses stay hidden.

Works on the connection of the catalogue, before golden rows are made: the record tables are replaced by what may be
seen of them, so that no later table (address, assertion, golden rows, texts, issues) can hold the rest. Matching has
seen everything. Which words and hosts count is in `policy` and its files.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.privacy import protect
from pipeline.privacy.policy import policy, words_of
from pipeline.privacy.refuges import hidden_records, hide_addresses
from pipeline.privacy.scan import CONTACT_PREFILTER, mask_contacts, national
from pipeline.privacy.seen import TEXTS, masked_texts, put, replaced
from pipeline.privacy.suppression import Suppressions
from pipeline.settings import Settings

OWNER = "coalesce({0}.organization_id, {0}.service_id, {0}.location_id)"
PLAIN_PHONE = r"(?i)^(?:puh|p|tel|gsm|matkapuhelin|puhelin|phone|[^\pL])*$"
"""A phone cell without words: only then is it published as the source wrote it."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is not published, for the tables that are not made from records (`match_reason`)."""

    numbers: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    """Records whose address is hidden."""


def apply(
    con: duckdb.DuckDBPyConnection,
    assignment: pa.Table,
    *,
    settings: Settings,
    rules: Suppressions | None = None,
) -> Withheld:
    """Replaces the record tables of a connection by what may be published of them.

    Args:
        con: Has every record table of all sources.
        assignment: record_id, entity_id, kind of every record.
        settings: Whether contact persons are published, and whose address is hidden besides.
        rules: Suppressed fields of entities count for all their records.
    """
    con.register("standing", assignment)
    hidden = hidden_records(con, settings.hide_addresses_of)
    hide_addresses(con, hidden)
    numbers: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    if not settings.contact_persons:
        numbers, addresses = _personal_numbers(con), _personal_addresses(con)
        _withhold(con, numbers, addresses)
    if rules and rules.entities:
        _fields_of_entities(con, rules)
    con.unregister("standing")
    return Withheld(numbers, addresses, hidden)


def without_withheld(match_reason: pa.Table, withheld: Withheld) -> pa.Table:
    """Reasons of matches without the values that are not published."""
    private = withheld.numbers | withheld.addresses
    feature = match_reason.column("feature")
    hidden = _strings(withheld.hidden)
    ends = [pc.is_in(match_reason.column(c), value_set=hidden) for c in ("record_id_a", "record_id_b")]
    is_hidden = pc.and_(pc.equal(feature, "street"), pc.or_(*ends))
    is_contact = pc.is_in(feature, value_set=pa.array(["phone", "email"]))
    for column in ("value_a", "value_b"):
        said = match_reason.column(column)
        contacts = pc.unique(said.filter(is_contact)).drop_null().to_pylist() if private else []
        telling = _strings(v for v in contacts if not private.isdisjoint(_parts(v)))
        gone = pc.or_(is_hidden, pc.and_(is_contact, pc.is_in(said, value_set=telling)))
        place = match_reason.column_names.index(column)
        kept = pc.if_else(gone, pa.scalar(None, said.type), said)
        match_reason = match_reason.set_column(place, match_reason.schema.field(column), kept)
    return match_reason


def _parts(value: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|;,\s]+", value)]


def _strings(values: Iterable[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())


def _personal_numbers(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Mobile numbers that stand only beside persons' names (`publication.yml`), and those of contact persons."""
    rows = con.execute(f"""
        WITH beside AS (
            SELECT p.number, p.contact_id IS NOT NULL AS is_contact,
                   {OWNER.format("p")} IN (SELECT {OWNER.format("c")} FROM contact c WHERE c.name IS NOT NULL)
                       AS has_person
            FROM phone p
        )
        SELECT number, bool_or(is_contact) FROM beside GROUP BY number
        HAVING bool_and(is_contact OR has_person)
    """).fetchall()
    return frozenset(n for n, of_contact in rows if of_contact or policy().is_mobile(n))


def _personal_addresses(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """E-mail addresses that stand only beside persons' names and have a person's form (`publication.yml`)."""
    rows = con.execute(f"""
        WITH said AS (
            SELECT email, {OWNER.format("e")} AS owner FROM email e
            UNION SELECT email, id FROM organization UNION SELECT email, id FROM service
            UNION SELECT email, id FROM location
        ), person AS (
            SELECT {OWNER.format("c")} AS owner, string_agg(c.name, ' ') AS names FROM contact c
            WHERE c.name IS NOT NULL GROUP BY ALL
        )
        SELECT s.email, s.owner, p.names, coalesce(r.name, '') || ' ' || coalesce(o.name, '')
        FROM said s LEFT JOIN person p USING (owner) LEFT JOIN record r ON r.record_id = s.owner
        LEFT JOIN record o ON o.record_id = r.owner_record_id
        WHERE s.email IS NOT NULL
    """).fetchall()
    own = con.execute("SELECT DISTINCT email FROM contact WHERE email IS NOT NULL").fetchall()
    stands: dict[str, list[bool]] = defaultdict(list)
    for address, _, names, body in rows:
        stands[address].append(names is not None and _is_persons(address, names, body))
    personal = {address for address, votes in stands.items() if all(votes)}
    return frozenset(personal | {a for (a,) in own if a not in stands})


def _is_persons(address: str, names: str, body: str) -> bool:
    """Whether an address beside a person's name is that person's."""
    if policy().is_desk(address):
        return False
    mailbox = words_of(address.partition("@")[0])
    person = words_of(names)
    if mailbox & person or any(len(p) > 4 and p in "".join(mailbox) for p in person):
        return True
    if any(len(w) > 3 and any(w[:5] in m for m in mailbox) for w in words_of(body) - person):
        return False
    return policy().may_be_personal(address)


def _withhold(con: duckdb.DuckDBPyConnection, numbers: frozenset[str], addresses: frozenset[str]) -> None:
    """Takes persons' contacts out of every record table that could carry them."""
    con.register("private", pa.table({"value": _strings(numbers | addresses)}))
    own = "(SELECT value FROM private)"
    replaced(con, "phone", f"SELECT * FROM phone WHERE contact_id IS NULL AND number NOT IN {own}")
    replaced(con, "contact", "SELECT * FROM contact WHERE false")
    replaced(con, "email", f"SELECT * FROM email WHERE email NOT IN {own}")
    for table in ("organization", "service", "location"):
        replaced(
            con,
            table,
            f"""SELECT t.* REPLACE (CASE WHEN t.email IN {own} THEN other.email ELSE t.email END AS email)
                FROM {table} t LEFT JOIN (
                    SELECT {table}_id AS id, min(email) AS email FROM email
                    WHERE {table}_id IS NOT NULL GROUP BY ALL) other ON other.id = t.id""",
        )
    replaced(
        con,
        "normalised",
        f"""SELECT * FROM normalised WHERE value NOT IN {own}
            AND NOT (field = 'phone' AND NOT regexp_matches(raw_value, '{PLAIN_PHONE}'))""",
    )
    digits = frozenset(national(n) for n in numbers)
    for table in TEXTS:
        masked_texts(
            con, table, lambda text: mask_contacts(text, digits, addresses), where="true", holding=CONTACT_PREFILTER
        )
    con.unregister("private")


def _fields_of_entities(con: duckdb.DuckDBPyConnection, rules: Suppressions) -> None:
    """A suppressed field of an entity is that field of every record it stands for now."""
    rows = con.execute("SELECT entity_id, record_id FROM standing").fetchall()
    wanted = {r: rules.fields[e] for e, r in rows if e in rules.fields}
    if not wanted:
        return
    names = sorted({*protect.ENTITIES, *(t for ts in protect.DETAIL_TABLES.values() for t in ts), "organization_name"})
    names += ["phone", "normalised", "issue"]
    tables = {name: con.sql(f"SELECT * FROM {name}").to_arrow_table() for name in dict.fromkeys(names)}
    tables = protect.without(tables, Suppressions(fields=wanted))
    for name, data in tables.items():
        put(con, name, data)
