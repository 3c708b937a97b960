"""PTV (Suomi.fi-palvelutietovaranto), the national service catalogue, interface v11.

`fetch` asks the platform (`paging` knows its pages and batches), `parse` recognises what came and hands each
object to its reader (`organization`, `service`, `channel`). What could change on the platform's side stands in
`source.yml`.
"""
