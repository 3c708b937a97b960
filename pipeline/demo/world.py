"""The invented world: organisations as they truly are, and sightings of them on platforms."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A street address with WGS84 coordinates."""

    street: str
    postal_code: str
    city: str
    municipality: str
    municipality_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Activity:
    """Something an organisation does."""

    id: str
    kind: str
    """A value of the code list `service_kind`: support, hobby, volunteering, event, meeting_place."""
    name_fi: str
    name_sv: str | None
    summary_fi: str
    description_fi: str
    theme: str
    """Theme of the crosswalk, T01…T20."""
    place: Place
    weekday: int
    """1 = Monday."""
    opens_at: str
    """HH:MM."""
    closes_at: str
    is_free: bool
    age_range: tuple[int, int] | None = None
    online_url: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation, true or as a platform sees it; null means that it has none or does not show it."""

    truth_id: str
    name_fi: str
    name_sv: str | None
    abbreviation: str | None
    legal_form: str
    """A value of the code list `legal_form`."""
    type: str
    """A value of the code list `organization_type`."""
    level: str
    umbrella: str | None
    business_id: str | None
    association_number: str | None
    place: Place | None
    phone: str | None
    """National form, reserved for fiction."""
    email: str | None
    website: str | None
    theme: str
    summary_fi: str
    description_fi: str
    description_sv: str | None
    contact_name: str | None
    contact_title: str | None
    parent_truth_id: str | None
    activities: tuple[Activity, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """One organisation as one platform sees it, under that platform's own id."""

    native_id: str
    organisation: Organisation
    parent_native_id: str | None = None


@dataclass(slots=True)
class World:
    """A region: who truly exists, and what each platform shows. `sightings` is keyed by source id."""

    seed: int
    organisations: list[Organisation]
    sightings: dict[str, list[Sighting]] = field(default_factory=dict)

    def truth(self) -> dict[str, str]:
        """record_id -> truth_id for every organisation record that any platform shows."""
        return {
            f"{source}:{sighting.native_id}": sighting.organisation.truth_id
            for source, seen in self.sightings.items()
            for sighting in seen
        }
