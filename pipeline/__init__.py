"""Koonti: one catalogue of the organisations that Finnish platforms describe.

The rooms, in the order the data walks through them: `sources`, `transform`, `dedupe`, `exports`.
`schema` fixes the words they share, `orchestration` is the only room that knows Dagster.
"""

__version__ = "0.1.0"
