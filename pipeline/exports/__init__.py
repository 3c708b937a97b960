"""From the catalogue to published files: one folder per release that appears whole or not at all.

What does not belong here: choosing or changing values. An exporter writes what the catalogue says.
"""
