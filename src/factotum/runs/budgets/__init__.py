"""What requests cost, what was spent, and how much may be."""
