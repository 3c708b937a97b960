"""A service catalogue as a file: rows are services, or general descriptions of a field with links to actor cards.

For regions that keep such a list and hand it over as CSV or XLSX: tarjoomo.fi (services at home for older people), the
palvelukatalogi of Kymenlaakso. Files are opened with the tools of `csv`; what a row means is decided here.
"""
