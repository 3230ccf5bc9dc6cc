"""The pages, the API and the webhooks, on Django."""
