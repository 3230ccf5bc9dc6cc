"""Packages that come with Factotum, one JSON file each; ``packages.shelf`` lists and reads them."""
