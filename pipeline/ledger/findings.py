"""What the ledger has to tell people, as rows of `issue` with the source `ledger`."""

import hashlib
from typing import Any

SOURCE = "ledger"


def finding(
    code: str, level: str, message: str, record_id: str | None = None, key: str | None = None
) -> dict[str, Any]:
    """One row; `key` names what it is about, so that its id stays the same when the wording changes."""
    about = "\x1f".join((SOURCE, code, record_id or "", key or message))
    return {
        "id": hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:20],
        "source": SOURCE,
        "record_id": record_id,
        "level": level,
        "code": code,
        "message": message,
    }
