"""From the values a platform sent to the values of the one schema.

The modules of single values (`places`, `identifiers`, `contacts`, `coordinates`, `texts`, `themes`, `languages`,
`dates`) are pure: the same text gives the same `Reading` everywhere, nothing is fetched, nothing is remembered but
the answers. A value that cannot be read is never replaced by a guess; it comes back as a problem that becomes a row
of the table `issue`. The lists they read from are the files of `data/reference`, loaded by `reference`.
"""
