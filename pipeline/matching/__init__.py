"""Anybody's list of organisations: read it, find who is who in it, write the answer, explain a pair.

`reading` turns a file into columns of text, `normalise` those into the input of `dedupe`, `run` matches it alone or
against a release (`against`), `writing` puts the result in a folder, `summary` says it in words. `explaining` and
`waterfall` tell why two records are or are not one.

Does not belong here: what a spreadsheet looks like (`sources.csv`), what a value means (`transform`), who is who
(`dedupe`).
"""
