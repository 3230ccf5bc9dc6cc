"""Factotum links accounts and puts bots to work with them."""

__version__ = "0.1.0"
