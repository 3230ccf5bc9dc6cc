"""The verbs that pages, API, command line and agents share."""
