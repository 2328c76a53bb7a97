"""How fast it is: ``python -m tests.benchmarks``. Not part of the ordinary test run."""
