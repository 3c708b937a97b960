"""One row -> one item, values as written; which column is which field has been decided before.

Phone and e-mail columns are the organisation's own unless their name says that they are a person's
(`Puheenjohtajan puhelin`). A cell is only text: nothing that begins with = + - or @ is ever computed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.sources.csv.contacts import taken_apart
from pipeline.sources.csv.coordinates import pair, placed
from pipeline.sources.csv.grid import Row
from pipeline.sources.csv.headers import role_of
from pipeline.sources.csv.layout import Sheet
from pipeline.sources.items import Address, Contact, Email, Identifier, Item, Link, Name, Phone, Term, Text

_LIST = re.compile(r"\s*[;\n|]\s*")
_CODE_AND_CITY = re.compile(r"\s*((?:FI|AX|FIN)?[- ]?\d{3,5})[\s,]+(\D.*)", re.S | re.I)
_EXTRA_NAMES = (
    ("alternate_name", "alternative", None),
    ("former_name", "former", None),
    ("abbreviation", "abbreviation", None),
    ("name_sv", "parallel", "sv"),
)
_PERSONAL = frozenset(("contact_given_name", "contact_family_name", "contact_title", "contact_phone", "contact_email"))
_ADDRESS = frozenset(
    "street_address postal_code city postal_code_and_city municipality municipality_code latitude longitude "
    "coordinates address postal_address".split()
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A value of a row that could not be used: code of the list issue_code, field, value."""

    code: str
    field: str
    value: str
    message: str


class Builder:
    """Makes items from the rows of one sheet."""

    def __init__(self, sheet: Sheet, options: Mapping[str, Any], fetched_at: datetime) -> None:
        self._columns: dict[str, list[int]] = {}
        for column, field in sheet.columns.items():
            self._columns.setdefault(field, []).append(column)
        self._first = {field: columns[0] for field, columns in self._columns.items()}
        self._header = sheet.header
        self._status = "ended" if sheet.is_ended else None
        self._type = options.get("organization_type")
        self._municipality = options.get("municipality")
        self._fetched_at = fetched_at
        self._has_names = any(field in self._columns for field, _, _ in _EXTRA_NAMES)
        self._has_persons = any(field.startswith("contact") for field in self._columns)
        self._has_details = not _PERSONAL.isdisjoint(self._columns)
        self._has_coordinates = not {"latitude", "longitude", "coordinates"}.isdisjoint(self._columns)
        self._has_address = bool(self._municipality) or not _ADDRESS.isdisjoint(self._columns)

    def _one(self, cells: Row, field: str) -> str | None:
        column = self._first.get(field)
        return cells[column] if column is not None else None

    def _all(self, cells: Row, field: str) -> list[str]:
        columns = self._columns.get(field)
        return [cell for column in columns if (cell := cells[column])] if columns else []

    def place(self, cells: Row) -> str | None:
        """Municipality, or else post office, as written."""
        return self._one(cells, "municipality") or self._one(cells, "city")

    def item(self, cells: Row, name: str, native_id: str) -> tuple[Item, list[Trouble]]:
        """The organisation of a row, and the values that could not be used."""
        troubles: list[Trouble] = []
        item = Item("organization", native_id, fetched_at=self._fetched_at, names=[Name(name)])
        item.url = self._one(cells, "source_url")
        item.modified = self._one(cells, "modified")
        item.legal_form = self._one(cells, "legal_form")
        item.status, item.organization_type = self._status, self._type
        for field in ("business_id", "association_number"):
            if value := self._one(cells, field):
                item.identifiers.append(Identifier(field, value))
        item.phones = [Phone(cell) for cell in self._all(cells, "phone")]
        item.emails = [Email(cell) for cell in self._all(cells, "email")]
        item.links = [Link(cell, is_main=index == 0) for index, cell in enumerate(self._all(cells, "website"))]
        for field, text_field in (("description", "description"), ("activity", "summary")):
            if value := self._one(cells, field):
                item.texts.append(Text(text_field, value))
        for cell in self._all(cells, "theme"):
            item.terms += [Term("theme", label=word) for word in _LIST.split(cell.strip()) if word]
        if self._has_names:
            self._add_names(cells, item)
        if self._has_persons:
            self._add_persons(cells, item, troubles)
        if self._has_address:
            self._add_address(cells, item, troubles)
        return item, troubles

    def _add_names(self, cells: Row, item: Item) -> None:
        for field, kind, language in _EXTRA_NAMES:
            item.names += [Name(cell, language, kind) for cell in self._all(cells, field)]

    def _add_persons(self, cells: Row, item: Item, troubles: list[Trouble]) -> None:
        for column in self._columns.get("contact_name", ()):
            if cell := cells[column]:
                item.contacts.append(Contact(cell, role_of(self._header[column])))
        if self._has_details:
            self._add_details(cells, item)
        for cell in self._all(cells, "contact"):
            found = taken_apart(cell)
            item.contacts += [Contact(name, role) for name, role in found.persons]
            item.phones += [Phone(value) for value in found.phones]
            item.emails += [Email(value) for value in found.emails]
            item.links += [Link(value, is_main=not item.links) for value in found.links]
            for piece in found.rest:
                message = "this part of the contact details is neither a person, a phone number nor an e-mail address"
                troubles.append(Trouble("record_unreadable", "contact", piece, message))

    def _add_details(self, cells: Row, item: Item) -> None:
        given, family = self._one(cells, "contact_given_name"), self._one(cells, "contact_family_name")
        if given or family:
            item.contacts.append(Contact(" ".join(part.strip() for part in (given, family) if part)))
        title = self._one(cells, "contact_title")
        phones, emails = self._all(cells, "contact_phone"), self._all(cells, "contact_email")
        if title or phones or emails:
            if not item.contacts:
                item.contacts.append(Contact())
            first = item.contacts[0]
            first.title = title or first.title
            first.phone, first.email = "; ".join(phones) or None, "; ".join(emails) or None

    def _add_address(self, cells: Row, item: Item, troubles: list[Trouble]) -> None:
        one = self._one
        code, city, street = one(cells, "postal_code"), one(cells, "city"), one(cells, "street_address")
        if both := one(cells, "postal_code_and_city"):
            match = _CODE_AND_CITY.fullmatch(both)
            code, city = match.groups() if match else (code, city or both)
        address = Address(
            street=street,
            postal_code=code,
            city=city,
            municipality=one(cells, "municipality"),
            municipality_code=one(cells, "municipality_code"),
            line=one(cells, "address"),
        )
        if self._has_coordinates:
            self._add_coordinates(cells, address, troubles)
        if not (code or city or address.municipality or address.municipality_code or address.line):
            address.municipality = self._municipality
        if any((street, code, city, address.municipality, address.municipality_code, address.line, address.crs)):
            item.addresses.append(address)
        if postal := one(cells, "postal_address"):
            item.addresses.append(Address(type="postal", line=postal))

    def _add_coordinates(self, cells: Row, address: Address, troubles: list[Trouble]) -> None:
        y, x = self._one(cells, "latitude"), self._one(cells, "longitude")
        whole = self._one(cells, "coordinates")
        if whole and not (y or x):
            y, x = pair(whole) or (whole, None)
        if not (y or x):
            return
        if found := placed(y, x):
            address.y, address.x, address.crs = found
        else:
            message = "these are neither degrees nor ETRS-TM35FIN metres in Finland"
            troubles.append(
                Trouble("coordinates_invalid", "coordinates", ", ".join(part for part in (y, x) if part), message)
            )
