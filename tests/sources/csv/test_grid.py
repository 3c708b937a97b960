"""How large a sheet may be."""

import pytest

from pipeline.sources.csv.grid import MAX_ROWS, check_size
from pipeline.sources.errors import SourceFailed


def test_a_million_rows_may_have_a_header_beside_them() -> None:
    check_size(MAX_ROWS + 1, 3, "list.csv")
    with pytest.raises(SourceFailed, match="more than 1000000 rows"):
        check_size(MAX_ROWS + 2, 3, "list.csv")
