"""YTJ, the Finnish Business Information System: what PRH's open data knows of organisations by their Y-tunnus.

It is asked only for ids that are configured. PRH's open data holds the trade register, not the register of
associations, so most associations are not in it. Everything known about it stands in `source.yml`.
"""
