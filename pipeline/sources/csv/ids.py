"""The native id of a row: the same for the same organisation when rows are added, moved or sorted.

A row number would change with every row that is inserted, so the id is the value of the id column when there is
one, and otherwise name and place as written. The second of two that are equal gets `~2`.
"""


class NativeIds:
    """Gives out the ids of one list, which may be several sheets and files."""

    __slots__ = ("_given", "_used")

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._given: dict[str, int] = {}

    def claim(self, value: str) -> bool:
        """Takes an id of the list's own; false when an earlier row has it already."""
        if value in self._used:
            return False
        self._used.add(value)
        return True

    def of_name(self, name: str, place: str | None) -> str:
        """`name@place`, or the name alone without a place; white space is made single."""
        words = " ".join(name.split())
        base = f"{words}@{' '.join(place.split())}" if place else words
        native_id = base
        count = self._given.get(base, 0)
        while True:
            count += 1
            native_id = base if count == 1 else f"{base}~{count}"
            if native_id not in self._used:
                break
        self._given[base] = count
        self._used.add(native_id)
        return native_id


def is_running_number(values: list[str]) -> bool:
    """True for 1, 2, 3…: a count of rows, which says nothing on who stands there next year."""
    return len(values) >= 3 and values == [str(number) for number in range(1, len(values) + 1)]
