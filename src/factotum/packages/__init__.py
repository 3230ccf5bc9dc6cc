"""Packages: JSON in and out. What the format means stands in the documentation of each module."""
