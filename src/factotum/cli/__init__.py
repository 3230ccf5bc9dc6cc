"""The command ``factotum``: one file a command family."""
