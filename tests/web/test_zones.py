"""Times in the zone that the person's browser names."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from factotum.web.zones import COOKIE, PersonsZone


@pytest.fixture(autouse=True)
def _back_again():
    yield
    timezone.deactivate()


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("America%2FNew_York", "America/New_York"),  # as the page's script writes it
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("", "UTC"),
        ("Mars%2FBase", "UTC"),
        ("America", "UTC"),
        ("..%2F..%2Fetc%2Fpasswd", "UTC"),
        ("%00", "UTC"),
    ],
)
def test_the_cookie_names_the_zone(cookie, zone):
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = cookie

    PersonsZone(lambda _: HttpResponse()).process_view(request)

    assert timezone.get_current_timezone_name() == zone
