"""Filters, functions and tests, one file a family."""
