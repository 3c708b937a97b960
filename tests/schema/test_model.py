"""The schema files are one consistent whole, and a contradiction in them is refused."""

import pyarrow as pa
import pytest

from pipeline import schema
from pipeline.schema import ddl, dictionary
from pipeline.schema.checks import violations
from pipeline.schema.model import DATA_CLASSES, SchemaError, build_tables
from pipeline.storage import connect

GOLDEN_COLUMNS = {"organization": 23, "service": 18, "bridge": 16, "assertion": 7, "issue": 8} | {
    "entity_registry": 6,
    "entity_record": 5,
    "entity_event": 6,
}


def test_the_published_schema_changes_only_on_purpose():
    """A new or lost column must be decided, with the version in tables.yml."""
    assert schema.SCHEMA_VERSION == "1.1.0"
    assert {name: len(schema.table(name).columns) for name in GOLDEN_COLUMNS} == GOLDEN_COLUMNS


def test_the_data_dictionary_is_current():
    assert dictionary.PAGE.read_text(encoding="utf-8") == dictionary.page(), "run make docs"


def test_every_description_is_a_sentence():
    for table in schema.tables():
        assert table.description.endswith("."), table.name
        for column in table.columns:
            assert column.description.rstrip().endswith((".", "…")), f"{table.name}.{column.name}"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"columns": ["id", "nonsense"]}, "not in fields.yml"),
        ({"columns": ["id", "name", "name"]}, "listed twice"),
        ({"columns": ["name"]}, "key, required"),
        ({"columns": ["id"], "references": {"id": "nowhere"}}, "is no table"),
        ({"columns": [{"id": {"type": "colour"}}]}, "is not one of"),
        ({"columns": [{"id": {"codelist": "nonsense"}}]}, "does not exist"),
        ({"columns": ["id", {"mood": {"description": "A mood."}}]}, "data_class '' is not one of"),
    ],
)
def test_a_contradiction_in_the_schema_is_named(spec, said):
    fields = {
        "id": {"description": "An id.", "data_class": "technical"},
        "name": {"description": "A name.", "data_class": "public"},
    }
    with pytest.raises(SchemaError, match=said):
        build_tables({"thing": {"description": "A thing.", "grain": "thing", "key": ["id"], **spec}}, fields)


def test_rows_with_an_unknown_column_are_refused():
    with pytest.raises(SchemaError, match="no such column colour"):
        schema.table_from_rows("email", [{"id": "1", "email": "a@example.fi", "colour": "red"}])


def test_a_required_column_must_be_filled():
    with pytest.raises(SchemaError, match=r"email\.email: required"):
        schema.table_from_rows("email", [{"id": "1"}])


def test_every_column_has_a_data_class_that_travels_into_parquet_and_duckdb():
    for table in schema.tables():
        comments = "\n".join(ddl.comments(table))
        for column in table.columns:
            assert column.data_class in DATA_CLASSES, f"{table.name}.{column.name}"
            metadata = schema.arrow_schema(table.name).field(column.name).metadata
            assert metadata[b"data_class"].decode() == column.data_class
            assert f"Data class: {column.data_class}." in comments
    assert schema.table("contact").column("name").data_class == "personal"
    assert schema.table("address").column("address_1").data_class == "sensitive_location"
    assert schema.table("text").column("value").data_class == "free_text"


def test_descriptions_travel_with_the_arrow_schema():
    field = schema.arrow_schema("organization").field("business_id")
    assert b"Y-tunnus" in field.metadata[b"description"]


def test_every_table_can_be_made_in_duckdb_with_its_comments():
    con = connect()
    for table in schema.tables():
        con.execute(ddl.create_table(table))
        for comment in ddl.comments(table):
            con.execute(comment)
    count = con.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND table_name IN ('organization', 'issue')"
    ).fetchone()
    assert count == (0,)


class TestChecks:
    """The checks derived from the schema find what breaks it."""

    @pytest.fixture
    def con(self):
        con = connect()
        good = schema.table_from_rows("organization", [{"id": "a", "name": "A ry", "legal_form": "ry"}])
        con.register("organization", good)
        con.register("email", schema.table_from_rows("email", [{"id": "1", "email": "a@b.fi", "organization_id": "a"}]))
        return con

    def found(self, con):
        return {(v.rule, v.column) for v in violations(con, [schema.table("organization"), schema.table("email")])}

    def test_good_tables_have_no_violation(self, con):
        assert self.found(con) == set()

    def test_a_key_that_stands_twice(self, con):
        con.register("email", pa.concat_tables([con.sql("SELECT * FROM email").to_arrow_table()] * 2))
        assert self.found(con) == {("key", "id")}

    def test_a_value_outside_its_code_list(self, con):
        con.register(
            "organization", schema.table_from_rows("organization", [{"id": "a", "name": "A", "legal_form": "x"}])
        )
        assert self.found(con) == {("codelist", "legal_form")}

    def test_a_reference_to_nothing(self, con):
        con.register("organization", schema.empty("organization"))
        assert self.found(con) == {("reference", "organization_id")}
