"""The REST API under ``/api/v1``: a thin skin over the verbs of ``usecases``."""
