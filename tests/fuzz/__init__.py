"""Hostile input of five sorts: only declared errors, within 2 seconds and 200 MB each.

``RECONCILER_FUZZ_CASES`` is the number of cases of each sort (default 2,000); ``HYPOTHESIS_PROFILE=search`` looks for
new ones instead of the usual ones. What was met is printed at the end of the run.
"""
