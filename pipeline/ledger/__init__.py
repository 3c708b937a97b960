"""Human decisions: read from plain files in git, checked, and turned into what the stages apply.

Belongs here: the files, their meaning, contradictions, staleness, and what is written for a new decision.
Does not belong here: matching and golden values (`dedupe`), which only receive pairs and values.
"""
