"""What services call: webhooks, before any page machinery."""
