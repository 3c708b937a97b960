"""Names that are nothing but an abbreviation, and the full names in their municipality that its letters fit.

"KMPK" and "Kylänlahden maanpuolustuskerho" share no word. Belongs here: finding such pairs. What the letters weigh is
told by the comparison, see `letters`.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import coded
from pipeline.dedupe.engine import Engine
from pipeline.dedupe.in_turn import may_fit
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.word_lists import TEXT, codes, flat, spoken, words_of

MOST = 20
"""Names of a municipality with the same first letters; where there are more, letters say nothing."""

_LETTERS = """
CREATE TEMP TABLE bare AS
SELECT rid, municipality_code AS town, name AS short FROM f
WHERE name = lower(abbreviation) AND length(abbreviation) BETWEEN 3 AND 6 AND municipality_code IS NOT NULL;

CREATE TEMP TABLE standing AS
SELECT rid, name, municipality_code AS town FROM f WHERE contains(name, ' ') AND municipality_code IS NOT NULL
UNION SELECT rid, name, unnest(places) FROM f WHERE contains(name, ' ');

CREATE TEMP TABLE worded AS
SELECT rid, town, name, list_filter(string_split(name, ' '), lambda w: w NOT IN ({stops})) AS w
FROM standing WHERE town IN (SELECT town FROM bare);

-- of one word, there is no second to look at; Spark would stop
CREATE TEMP TABLE spoken AS SELECT * FROM worded WHERE array_length(w) > 1;

CREATE TEMP TABLE of_short AS
          SELECT rid, town, short, left(short, 1) || '+' || substr(short, 2, 1) AS key FROM bare
UNION ALL SELECT rid, town, short, left(short, 2) || '+' || substr(short, 3, 1) FROM bare
UNION ALL SELECT rid, town, short, left(short, 3) || '+' || substr(short, 4, 1) FROM bare WHERE length(short) > 3;

CREATE TEMP TABLE of_name AS
SELECT rid, town, name, key, count(*) OVER (PARTITION BY town, key) AS n
FROM (      SELECT rid, town, name, left(w[1], 1) || '+' || left(w[2], 1) AS key FROM spoken
  UNION ALL SELECT rid, town, name, left(w[1], 2) || '+' || left(w[2], 1) FROM spoken
  UNION ALL SELECT rid, town, name, left(w[1], 3) || '+' || left(w[2], 1) FROM spoken)
JOIN (SELECT DISTINCT town, key FROM of_short) USING (town, key);
"""
"""A name that is nothing but an abbreviation, and the names of its municipality whose first letters allow it."""

_ALLOWED = f"""
SELECT DISTINCT s.rid AS a, n.rid AS b, s.short, n.name
FROM of_short s JOIN of_name n ON s.town = n.town AND s.key = n.key WHERE n.n <= {MOST}
"""


def fitting(table: pa.Table, engine: Engine) -> pa.Table:
    """Pairs `a, b, by_number` of an abbreviation and a full name that its letters fit (KMPK, Kylänlahden
    maanpuolustuskerho)."""
    needed = table.select(["rid", "municipality_code", "abbreviation", "places"])
    needed = needed.append_column("name", pc.list_element(table.column("asciis"), 0))
    stops = {"", *lexicon().stops}
    script = _LETTERS.replace("{stops}", ", ".join(f"'{word}'" for word in sorted(stops)))
    (allowed,) = engine.query({"f": needed}, script, (_ALLOWED,))
    _, first, back = np.unique(
        codes(allowed.column("short"), allowed.column("name")), return_index=True, return_inverse=True
    )
    short, shorts = coded(allowed.column("short").take(pa.array(first)))
    words = pc.split_pattern(flat(allowed.column("name").take(pa.array(first))), " ")
    owner, code, values = words_of(words)
    kept = np.array([w not in stops for w in values], dtype=bool)[code]
    offsets = np.searchsorted(owner[kept], np.arange(len(words) + 1)).astype(np.int32)
    said = spoken(pa.ListArray.from_arrays(pa.array(offsets), pa.array(values, TEXT).take(pa.array(code[kept]))))
    fits = may_fit(shorts, short.astype(np.int64), said)
    likely = np.flatnonzero(fits)
    asked = zip(short[likely].tolist(), said.take(pa.array(likely)).to_pylist(), strict=True)
    fits[likely] = [letters_fit(shorts[n], text.split(" ")) for n, text in asked]
    hit = fits[back]
    a, b = (np.asarray(allowed.column(c))[hit] for c in ("a", "b"))
    return pa.table({"a": np.minimum(a, b), "b": np.maximum(a, b), "by_number": np.zeros(len(a), dtype=bool)})
