"""The Toimeksi.fi family of sites: WordPress with content types of its own, read through its REST interface.

Yhdistysinfo.fi and pohjoissavolaiset.fi belong to it. The sites were replaced by Lähellä.fi, so saved answers are
read the same way as live ones. What does not belong here: HTML cards of the same sites (`cards`), cleaning of values.
"""
