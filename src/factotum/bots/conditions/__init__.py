"""What an outcome can ask. One file a family."""
