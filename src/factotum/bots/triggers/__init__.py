"""What starts a behavior. One file an event."""
