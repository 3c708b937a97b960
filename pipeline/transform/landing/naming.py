"""What the names of organisations tell of them: legal form and kind, level, umbrella; for a whole table at once.

What the source itself says goes before what the name tells.
Does not belong here: how a name is read (`transform.names`), and which of several names is read (`entities`).
"""

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.transform import names
from pipeline.transform.names.table import parsed_columns
from pipeline.transform.reference import legal_forms, place_forms

TOLD = ("legal_form", "level", "umbrella")


def with_told(organization: pa.Table, spoken: Mapping[str, str]) -> pa.Table:
    """The table `organization` with what its names tell filled in; `spoken` is the language of names, by id."""
    if not len(organization):
        return organization
    told = _told(organization, spoken)
    form = pc.coalesce(organization.column("legal_form").combine_chunks(), told["legal_form"])
    of_form = form.dictionary_encode()
    implied = pa.array([type_of(one) for one in of_form.dictionary.to_pylist()], pa.string()).take(of_form.indices)
    of_name = pc.if_else(form.is_valid(), None, organization.column("name").combine_chunks()).dictionary_encode()
    noun = pa.array([type_by_noun(one) for one in of_name.dictionary.to_pylist()], pa.string()).take(of_name.indices)
    filled = {
        "legal_form": form,
        "organization_type": pc.coalesce(organization.column("organization_type").combine_chunks(), implied, noun),
        "organization_level": told["level"],
        "umbrella": told["umbrella"],
    }
    for name, values in filled.items():
        position = organization.column_names.index(name)
        organization = organization.set_column(position, organization.schema.field(position), values)
    return schema.conform("organization", organization)


def _told(organization: pa.Table, spoken: Mapping[str, str]) -> dict[str, pa.Array]:
    """Per organisation the parts of its name. Alike names are read together, those of a known language one by one."""
    named = organization.column("name").combine_chunks().dictionary_encode()
    distinct = named.dictionary.to_pylist()
    place = np.asarray(named.indices).copy()
    hinted: dict[tuple[str, str], int] = {}
    if spoken:
        for row, one in enumerate(organization.column("id").to_pylist()):
            if (language := spoken.get(one)) is not None:
                place[row] = len(distinct) + hinted.setdefault((distinct[place[row]], language), len(hinted))
    alike = parsed_columns(distinct) if len(hinted) < len(organization) else None
    single = [names.parse(name, language) for name, language in hinted]
    found = {}
    for part in TOLD:
        plain = alike.column(part).combine_chunks() if alike else pa.nulls(len(distinct), pa.string())
        more = pa.array([getattr(one, part) for one in single], pa.string())
        found[part] = pa.concat_arrays([plain, more]).take(pa.array(place))
    return found


@cache
def type_of(form: str) -> str | None:
    """The kind of body that a legal form implies: that of the last of its words in `legal_forms.csv`."""
    return {one.legal_form: one.organization_type for one in legal_forms().values() if one.legal_form}.get(form)


def type_by_noun(name: str) -> str | None:
    """The kind of body that the last or first word of a name without a legal form tells; null when neither does.

    `position` in `legal_forms.csv` says where a word counts: "kunta" only as a word (an "opiskelijakunta" is no
    municipality), "kerho" at the end of a longer one as well. The "liitto" of a region is its regional council
    (maakunnan liitto), a joint authority of municipalities (laki alueiden kehittämisestä 756/2021).
    """
    words = name.casefold().split()
    if not words:
        return None
    if words[1:] == ["liitto"] and (place := place_forms().get(words[0])) and place.kind == "region":
        return "municipality"
    return _of_last_word(words[-1]) or _first_words().get(words[0])


@lru_cache(maxsize=50_000)
def _of_last_word(word: str) -> str | None:
    for ending, compound, kind in _nouns():
        if word == ending or (compound and word.endswith(ending)):
            return kind
    return None


@cache
def _nouns() -> list[tuple[str, bool, str]]:
    """(word, whether a longer word may end in it, kind), the longest first."""
    told = [one for one in legal_forms().values() if not one.legal_form and not one.position.startswith("prefix")]
    found = [(one.token, one.position in ("head_noun", "compound_or_suffix"), one.organization_type) for one in told]
    return sorted(found, key=lambda one: -len(one[0]))


@cache
def _first_words() -> dict[str, str]:
    told = [one for one in legal_forms().values() if not one.legal_form and one.position.startswith("prefix")]
    return {one.token: one.organization_type for one in told}
