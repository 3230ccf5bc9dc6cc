"""When a behavior is due: patterns in a time zone, what to catch up on, which run a firing is."""
