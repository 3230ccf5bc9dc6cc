"""How often a service may be asked: read from its answers, kept, and looked at before each request."""
