"""Which areas of PTV v11 a region is asked by: its municipalities, and the regions and counties that hold them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.transform.reference import Municipality, municipalities

HOLDERS: Mapping[str, Callable[[Municipality], str]] = {
    "region": lambda one: one.region_code,
    "county": lambda one: one.county_code,
}


@dataclass(frozen=True, slots=True)
class Area:
    """An area as PTV's addresses name it."""

    kind: str
    code: str
    is_municipality: bool = False

    def __str__(self) -> str:
        return f"{'municipality' if self.is_municipality else self.kind} {self.code}"


def areas_of(codes: Iterable[str], filters: Mapping[str, str | None]) -> list[Area]:
    """The areas to ask for, municipalities first; `filters` are those of `area_filters` in source.yml."""
    known = list(dict.fromkeys(codes))
    found: list[Area] = []
    for kind, holder in filters.items():
        if holder is None:
            found += [Area(kind, code, is_municipality=True) for code in known]
        else:
            of = HOLDERS[holder]
            held = {of(municipalities()[code]) for code in known if code in municipalities()}
            found += [Area(kind, code) for code in sorted(held)]
    return found
