"""What the name of a Finnish organisation says: legal form, place, level, umbrella, section and the distinctive rest.

Finnish civil society is chapters, so a name is mostly made of parts that many organisations share.
`parse` takes it apart; what the parts mean for identity is decided in `pipeline.dedupe`.
The words it knows are data: `name_words.csv`, `umbrellas.csv` and `abbreviations.csv` in `data/reference`,
and the place forms of `transform.reference`.

Does not belong here: comparing two names, or anything that needs more than the one name.
"""

from pipeline.transform.names.bilingual import parallel
from pipeline.transform.names.folding import ascii_fold, tidy
from pipeline.transform.names.model import ParsedName
from pipeline.transform.names.parse import parse

__all__ = ["ParsedName", "ascii_fold", "parallel", "parse", "tidy"]
