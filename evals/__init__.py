"""Cases, metrics, runner and benchmarks: how good the answers are, and what has changed.

Run with ``python -m evals``; nothing in the product depends on this package.
"""
