"""PTV's interface v12: a key, other addresses, other shapes, the same things.

`fetch` asks (`paging` knows pages and errors), `shapes` recognises what came, `organization`, `service`, `channel`
and `connection` read it, and `joining` puts together what v12 keeps apart: services with their connections, codes
with their names. The items equal those of v11 but for what `source.yml` lists under `v12.differences`.
"""
