"""Tukinet.net: support groups and group chats on the web, each kept by an organisation.

Only what introduces a group is read: its name, keeper, whether it is open, and when it meets. What people write there
is never fetched, kept or read.
"""
