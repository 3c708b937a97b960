"""Spreadsheets that people keep: CSV, XLSX, XLS, ODS and HTML tables called .xls; one kind of source, `csv`.

From bytes to organisations in five steps, each a module or two that knows nothing of the later ones:
`reading` (which format; `encoding`, `delimiter`, `workbook`, `markup`) gives grids of cells, `layout` finds the
header rows with `headers`, `rows` tells organisations from section titles and totals, `parse` makes items.
`inspect` shows a person what was decided.

What does not belong here: cleaning of values (a lost zero of a postal code, a phone number), which is done for
all sources in `transform`. `import csv` inside this package is the standard library.
"""
