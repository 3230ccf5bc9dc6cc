"""Pending links are sealed and taken once; leases say who refreshes and how far they came."""

from dataclasses import replace

import pytest

from factotum.linking.ports import Lease, PendingLink
from factotum.store import models
from factotum.store.envelope import SealBroken
from factotum.store.pending_links import StoredPendingLinks
from factotum.store.refresh_leases import StoredRefreshLeases

pytestmark = pytest.mark.django_db

KEPT = {"token_secret": "hush", "n": ""}


@pytest.fixture
def links(root_key):
    return StoredPendingLinks(root_key)


@pytest.fixture
def leases():
    return StoredRefreshLeases()


def pending(**values):
    kept = {
        "account_id": 1,
        "worker_id": 2,
        "scheme": "cerb.service.provider.oauth1",
        "callback_url": "https://bots.example.com/oauth/callback",
        "kept": KEPT,
        "created_at": 1000.0,
        "expires_at": 1600.0,
        **values,
    }
    return PendingLink(**kept)


def test_a_pending_link_is_kept_whole_and_sealed(links):
    links.save("request-token", pending())

    assert links.get("request-token") == pending()
    row = models.PendingLink.objects.get()
    assert "request-token" not in str(row.__dict__)
    assert b"hush" not in bytes(row.kept)


def test_an_unknown_state_is_nothing(links):
    assert links.get("forged") is None
    assert not links.take("forged", 1)
    assert links.latest(1, 2) is None


def test_a_link_is_taken_once_and_still_known_as_taken(links):
    links.save("state", pending())

    assert links.take("state", 1001.0)
    assert not links.take("state", 1002.0)
    assert links.get("state") == pending(taken_at=1001.0)


def test_the_newest_that_is_not_taken_is_this_accounts_and_this_persons(links):
    links.save("old", pending(created_at=1.0))
    links.save("new", pending(created_at=2.0))
    links.save("newest", pending(created_at=3.0))
    links.save("bobs", pending(created_at=9.0, worker_id=3))
    links.save("products", pending(created_at=9.0, worker_id=None))
    links.save("other", pending(created_at=9.0, account_id=7))
    links.take("newest", 4.0)

    assert links.latest(1, 2).created_at == 2.0
    assert links.latest(1, None).worker_id is None


def test_what_expired_is_forgotten(links):
    links.save("old", pending(expires_at=10.0))
    links.save("new", pending(expires_at=20.0))

    links.forget_before(15.0)

    assert links.get("old") is None
    assert links.get("new") is not None


@pytest.mark.parametrize("change", [{"account_id": 9}, {"worker_id": 9}, {"scheme": "other"}])
def test_a_link_moved_to_somebody_else_does_not_open(links, change):
    links.save("state", pending())
    models.PendingLink.objects.update(**change)

    with pytest.raises(SealBroken):
        links.get("state")


def test_deleting_an_account_forgets_its_pending_links_and_its_lease(links, leases, store, account):
    links.save("state", pending(account_id=account.id))
    leases.claim(Lease(account.id, "h", 10, "intended", 1), 1)

    store.delete(account.ref)

    assert links.get("state") is None
    assert models.RefreshLease.objects.count() == 0


def lease(holder, at, phase="intended"):
    return Lease(5, holder, at + 100, phase, at)


def test_the_first_to_claim_has_it_and_the_second_is_told_who(leases):
    assert leases.claim(lease("a", 1), 1) == (True, None)
    assert leases.claim(lease("b", 2), 2) == (False, lease("a", 1))
    assert leases.claim(replace(lease("b", 2), account_id=6), 2) == (True, None)


@pytest.mark.parametrize("phase", ["saved", "failed", "unknown"])
def test_a_finished_one_is_taken_over_at_once(leases, phase):
    leases.claim(lease("a", 1), 1)
    assert leases.mark(5, "a", phase, "why")

    assert leases.claim(lease("b", 2), 2) == (True, replace(lease("a", 1, phase), note="why"))


@pytest.mark.parametrize("phase", ["intended", "answered"])
def test_an_unfinished_one_is_taken_over_when_its_time_is_over(leases, phase):
    leases.claim(lease("a", 1), 1)
    leases.mark(5, "a", phase)

    assert not leases.claim(lease("b", 100), 100).is_ours
    assert leases.claim(lease("b", 101), 101) == (True, lease("a", 1, phase))


def test_who_lost_the_lease_marks_nothing(leases):
    leases.claim(lease("a", 1), 1)
    leases.claim(lease("b", 500), 500)

    assert not leases.mark(5, "a", "saved")
    assert models.RefreshLease.objects.get().phase == "intended"
    assert not leases.mark(404, "a", "saved")
