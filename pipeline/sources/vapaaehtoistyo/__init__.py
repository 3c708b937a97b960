"""Vapaaehtoistyö.fi: the national service where organisations, municipalities and parishes offer volunteer tasks.

Everything known about the platform stands in `source.yml`, with what is verified and what is only inferred.
What does not belong here: cleaning of values (`pipeline.transform`).
"""
