"""Everything that knows Dagster: assets, checks, the job, the schedule, and the instance that keeps history.

What does not belong here: any logic. An asset calls one function of `pipeline.stages` and tells Dagster what
happened; the graph has the names of the stages, and its groups the names of the packages.
"""
