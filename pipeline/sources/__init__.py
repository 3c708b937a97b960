"""What is known about platforms: how to fetch them, keep what they sent, and read it.

One package per platform: `source.yml` (publisher, licence, politeness, what is verified), `fetch.py`
(platform -> captures in a snapshot) and `parse.py` (captures -> items). Shared by all: `http` (the polite
client), `snapshots` (WARC on disk), `items` (what a parser hands on), `registry` (which platforms there are).

What does not belong here: cleaning of values (`transform`), and any platform's name outside its own package.
"""
