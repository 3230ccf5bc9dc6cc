"""Outside: the one door that HTTP requests leave by."""
