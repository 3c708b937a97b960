"""Places as platforms write them: municipalities, postal codes, areas and addresses.

`codes` reads one value, `areas` a service area, `addresses` what several values say together.
Does not belong here: places inside an organisation's name.
"""

from pipeline.transform.places.addresses import ResolvedAddress, calm, resolve_address, split_line
from pipeline.transform.places.areas import area
from pipeline.transform.places.codes import fold, municipality, municipality_of_post_office, postal_code

__all__ = [
    "ResolvedAddress",
    "area",
    "calm",
    "fold",
    "municipality",
    "municipality_of_post_office",
    "postal_code",
    "resolve_address",
    "split_line",
]
