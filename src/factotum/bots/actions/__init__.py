"""What a bot can do. One file a family of actions."""
