"""STEA, the grants of the Funding Centre for Social Welfare and Health Organisations: who applied, under which names.

Its former names (`nameHistory`) with a Y-tunnus are the best open list of aliases of Finnish social and health
organisations. Everything known about the service stands in `source.yml`. The grants themselves are not read.
"""
