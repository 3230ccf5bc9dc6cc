"""How a behavior is read and walked."""
