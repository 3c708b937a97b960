"""Phone numbers, e-mail addresses and web addresses as people type them.

A cell may hold several numbers or addresses, each with a note; every one found becomes a `Reading` of its own, and
what looks like one but is not becomes a problem.
"""

from pipeline.transform.contacts.emails import emails
from pipeline.transform.contacts.pages import sites
from pipeline.transform.contacts.phones import PhoneNumber, phones
from pipeline.transform.contacts.webs import host, is_shared_host, url

__all__ = ["PhoneNumber", "emails", "host", "is_shared_host", "phones", "sites", "url"]
