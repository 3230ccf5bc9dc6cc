"""From an account without credentials to one that signs, and how it stays so."""
