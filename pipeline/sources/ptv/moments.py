"""Moments as PTV writes them: UTC without saying so, with fractions of any length."""

from datetime import UTC, datetime


def moment(text: str | None) -> datetime | str | None:
    """The moment in UTC; the text itself when it is not one, so that nothing is lost."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return text
