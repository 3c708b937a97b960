"""The ways a source fails, each with a sentence that a coordinator can act on."""


class SourceFailed(Exception):
    """A source could not be fetched or read; the run goes on with its last good snapshot.

    The message is one line: what was asked, what came, what to do. `status` is the last HTTP status, null when
    there was none, so that a connector can react (halve a batch after 504, for one).
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class NeedsFull(Exception):
    """A delta cannot tell everything that changed; the message says why, and the source is fetched whole."""
