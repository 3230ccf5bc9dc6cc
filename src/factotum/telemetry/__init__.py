"""What is told of this process to those who watch it: metrics, and spans where they are wanted."""
