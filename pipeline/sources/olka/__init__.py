"""OLKA: the points in hospitals where associations and their volunteers help patients and relatives.

Read are the points with their desks and opening hours, theme days with the association that holds them, and the roles
for volunteers. What does not belong here: cleaning of values (`pipeline.transform`).
"""
