"""PTV (Suomi.fi-palvelutietovaranto), the national service catalogue, interfaces v11 and v12.

`fetch` asks the platform (`paging` knows its pages and batches), `parse` recognises what came and hands each
object to its reader (`organization`, `service`, `channel`; those of v12 are in the folder `v12`). What could change
on the platform's side stands in `source.yml`.
"""
