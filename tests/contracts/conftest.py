"""A product with a linked account and a bot, as the API's own tests have it."""

from tests.api.conftest import linked, product  # noqa: F401  fixtures
