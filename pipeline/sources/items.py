"""What a parser hands on: items with their values exactly as the platform wrote them.

A parser decides only *where* a value stands in the platform's answer. What the value means (is this a phone
number, which municipality is that) is decided once for all platforms in `transform`.
Strings may be untidy, empty or null; a parser never repairs them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True)
class Name:
    """A name of an organisation, service or place."""

    value: str | None
    language: str | None = None
    kind: str = "official"
    """A value of the code list `name_kind`."""


@dataclass(slots=True)
class Text:
    """A text in one language; `format` is plain, markdown or html."""

    field: str
    value: str | None
    language: str | None = None
    format: str = "plain"


@dataclass(slots=True)
class Identifier:
    """A register number or a platform's identifier; `type` is a value of the code list `identifier_type`."""

    type: str
    value: str | None


@dataclass(slots=True)
class Phone:
    """A phone number as written; a cell may hold several. `prefix` is a country prefix kept apart (+358)."""

    value: str | None
    prefix: str | None = None
    kind: str = "voice"
    """voice, text or fax."""
    description: str | None = None
    language: str | None = None
    is_service_number: bool = False
    """True for short and service numbers that have no international form."""


@dataclass(slots=True)
class Email:
    """An e-mail address of the body itself; a cell may hold several."""

    value: str | None
    description: str | None = None


@dataclass(slots=True)
class Link:
    """A web address; `is_main` marks the body's own site."""

    value: str | None
    label: str | None = None
    language: str | None = None
    is_main: bool = False


@dataclass(slots=True)
class Address:
    """A street or postal address. Coordinates are kept as written, with the reference system they are in."""

    type: str = "physical"
    """A value of the code list `address_type`."""
    street: str | None = None
    """Street with number, or post-office box."""
    postal_code: str | None = None
    city: str | None = None
    """Post office (postitoimipaikka)."""
    municipality: str | None = None
    """Name of the municipality, in any language or case."""
    municipality_code: str | None = None
    line: str | None = None
    """The whole address on one line, when the source keeps no parts."""
    attention: str | None = None
    country: str | None = "FI"
    language: str | None = None
    y: str | float | None = None
    """Latitude in degrees, or northing in metres."""
    x: str | float | None = None
    """Longitude in degrees, or easting in metres."""
    crs: str | None = None
    """EPSG:4326 or EPSG:3067; null when there are no coordinates."""


@dataclass(slots=True)
class Area:
    """Where an organisation works or a service is offered; `type` is a value of `area_extent`."""

    type: str
    code: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Term:
    """A classification: `scheme` is a name such as ptv_service_class, or the platform's own (theme, format)."""

    scheme: str
    code: str | None = None
    label: str | None = None


@dataclass(slots=True)
class Hours:
    """An opening rule or recurrence, already in the platform-free words of the table `schedule`."""

    opens_at: str | None = None
    closes_at: str | None = None
    byday: str | None = None
    freq: str | None = None
    interval: int | None = None
    dtstart: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    is_closed: bool | None = None
    description: str | None = None


@dataclass(slots=True)
class Contact:
    """A contact person or desk as published."""

    name: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(slots=True)
class Item:
    """One thing that a platform describes. `native_id` is its identifier there, verbatim."""

    kind: str
    """A value of the code list `record_kind`."""
    native_id: str
    url: str | None = None
    """The item's own page for people (an actor card, for one)."""
    modified: datetime | str | None = None
    fetched_at: datetime | None = None
    raw: str | None = field(default=None, repr=False, compare=False)
    """Digest of what the platform sent about it (`raw.digest`); null when the parser cannot tell which part that is."""
    organization: str | None = None
    """Native id of the organisation responsible; for an organisation its parent."""
    organization_name: str | None = None
    """Name of the organisation responsible, when the platform gives no id for it."""
    names: list[Name] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    # of organisations
    legal_form: str | None = None
    """As the source words it; null when only the name tells."""
    organization_type: str | None = None
    """A value of the code list `organization_type`."""
    status: str | None = None
    # of services
    service_kind: str | None = None
    """A value of the code list `service_kind`."""
    service_status: str = "active"
    is_free: bool | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    locations: list[str] = field(default_factory=list)
    """Native ids of the places and channels where the service is met."""
    # of locations
    location_type: str = "physical"
    channel_kind: str | None = None
    replaces: bool = False
    """True for a newer version of an item that was handed on before."""


@dataclass(slots=True)
class Finding:
    """Something a parser could not use: becomes a row of the table `issue`."""

    code: str
    """A value of the code list `issue_code`."""
    message: str
    native_id: str | None = None
    field: str | None = None
    value: str | None = None
    level: str = "error"


@dataclass(slots=True)
class Unread:
    """A filled field that the parser does not read; counted, so that drift of the platform shows."""

    field: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a list that are alike: each is the `Item` that `item` makes of it, but is cleaned together with others.

    Of the cells that `item` reads the same are filled in all rows, and it passes each on as written, so that where a
    value goes depends on its column alone. No native id stands twice.
    """

    native_ids: list[str]
    rows: list[Sequence[str | None]]
    """The cells of each native id; null for a blank one."""
    item: Callable[[str, Sequence[str | None]], Item]
    raw: list[str | None]
    """What `Item.raw` is of each row."""

    def made(self, row: int) -> Item:
        """One row as an item."""
        item = self.item(self.native_ids[row], self.rows[row])
        item.raw = self.raw[row]
        return item

    def items(self) -> Iterator[Item]:
        """The rows one by one."""
        return map(self.made, range(len(self.rows)))


Parsed = Item | Finding | Unread | Listed
