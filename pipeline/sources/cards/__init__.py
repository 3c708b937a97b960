"""Actor cards (toimijakortti): one page per organisation, behind a listing, on any web site.

Sites of this kind differ only in addresses, selectors and labels, so these are data: defaults in `source.yml`,
changed per site in koonti.yml. What does not belong here: cleaning of values (`pipeline.transform`).
"""
