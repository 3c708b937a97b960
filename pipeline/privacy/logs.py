"""What may be said on the way: messages of progress and failure carry no identity code and no person's contact.

Platforms put anything into their answers, and a message may quote one. Every sentence that goes to the terminal, to
Dagster's history or into a status file passes here; secrets never come this far (`sources.http`).
"""

from pipeline.privacy.scan import Known, scan


def clean(text: str) -> str:
    """A sentence with identity codes, mobile numbers and personal e-mail addresses masked."""
    return scan(text, Known()).text
