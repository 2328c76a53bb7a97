"""Pure renderers: values in, text out. No I/O, no clock, nothing heavy to import.

Each module is imported by its own name, so that a command that only needs colours does not load every renderer.
"""
