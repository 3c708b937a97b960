"""Municipal calendars and notice boards: events in four public formats, one connector.

Each site is one entry in koonti.yml with `kind: events`. Linked Events, iCal, RSS/Atom and schema.org each have a
reader; what they read becomes the same items in `happening`. What does not belong here: cleaning of values
(`pipeline.transform`).
"""
