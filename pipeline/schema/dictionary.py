"""The data dictionary: `docs/data-dictionary.md`, written from the schema and nothing else.

Run `python -m pipeline.schema.dictionary` after a change of the schema; a test compares the file.
"""

from pathlib import Path

from pipeline.schema.model import DATA_CLASSES, SCHEMA_VERSION, Table, codelists, tables

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def page() -> str:
    """The whole page as Markdown."""
    published = [t for t in tables() if t.published]
    inner = [t for t in tables() if not t.published]
    parts = [
        "# Data dictionary",
        "",
        f"Schema version {SCHEMA_VERSION}. This page is generated from `pipeline/schema/*.yml`; do not edit it.",
        "",
        "Tables and columns marked HSDS have the name and meaning of Open Referral HSDS 3.1.",
        "Types are those of DuckDB and Parquet: string (UTF-8), integer (64 bits), double, boolean, date,",
        "timestamp (UTC, microseconds). A column that is not required is null when nothing is known.",
        "",
        "Every column has a data class, which says what it may hold at its most delicate:",
        "",
        "| data class | meaning |",
        "| --- | --- |",
        *(f"| `{name}` | {about} |" for name, about in DATA_CLASSES.items()),
        "",
        "## Published tables",
        "",
        "| table | grain | |",
        "| --- | --- | --- |",
        *(f"| [{t.name}](#{t.name}) | {t.grain} | {'HSDS' if t.hsds else ''} |" for t in published),
        "",
    ]
    for one in published:
        parts += _section(one)
    parts += ["## Tables between the stages", "", "They stand in `data/records/<source>/` and are not published.", ""]
    for one in inner:
        parts += _section(one)
    parts += ["## Code lists", ""]
    for name, values in codelists().items():
        parts += [f"### {name}", "", "| value | meaning |", "| --- | --- |"]
        parts += [f"| `{value}` | {meaning} |" for value, meaning in values.items()]
        parts.append("")
    return "\n".join(parts)


def _section(one: Table) -> list[str]:
    lines = [f"### {one.name}", "", one.description, "", f"Grain: {one.grain}. Key: {', '.join(one.key)}.", ""]
    lines += ["| column | type | | data class | description |", "| --- | --- | --- | --- | --- |"]
    for c in one.columns:
        marks = [
            "required" if c.required else "",
            "HSDS" if c.hsds else "",
        ]
        about = c.description
        if c.codelist:
            about += f" Values: [{c.codelist}](#{c.codelist})."
        if c.name in one.references:
            about += f" Refers to [{one.references[c.name]}](#{one.references[c.name]})."
        lines.append(f"| `{c.name}` | {c.type} | {', '.join(m for m in marks if m)} | {c.data_class} | {about} |")
    return [*lines, ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
