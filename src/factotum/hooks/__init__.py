"""How a webhook's delivery is checked: signatures as data, one file a sender in ``providers/``."""
