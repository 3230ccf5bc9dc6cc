"""How a request is signed and an account is linked: one file a scheme, without I/O."""
