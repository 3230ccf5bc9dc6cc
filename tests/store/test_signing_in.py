"""Tokens, one-time links and passwords: known by their hash, and only while they are good."""

import pytest

from factotum.core.errors import BadInput, NotFound
from factotum.store.models import ApiToken, SignInLink, Worker
from factotum.store.people import People
from factotum.store.signin_links import SignInLinks
from factotum.store.tokens import ApiTokens

pytestmark = pytest.mark.django_db

NOW = 1_700_000_000.0


@pytest.fixture
def alice():
    return Worker.objects.create_user("alice", "correct horse battery")


def test_a_token_stands_for_its_worker_and_its_scopes(alice):
    tokens = ApiTokens()
    _, token = tokens.create("ci", ["read", "run"], alice.pk, NOW)

    actor = tokens.actor(token, NOW)

    assert (actor.worker_id, actor.name, actor.is_admin) == (alice.pk, "alice", False)
    assert (actor.via, actor.scopes) == ("api", {"read", "run"})
    assert token.startswith("fct_")


def test_a_token_without_a_worker_has_the_products_rights():
    tokens = ApiTokens()
    _, token = tokens.create("cli", ["*"], None, NOW)

    actor = tokens.actor(token, NOW)

    assert actor.worker_id is None
    assert actor.is_admin


def test_the_token_itself_is_nowhere_in_the_database(alice):
    _, token = ApiTokens().create("ci", ["*"], alice.pk, NOW)

    assert token not in str(list(ApiToken.objects.values()))


def test_a_token_that_is_no_longer_good_stands_for_nobody(alice):
    tokens = ApiTokens()
    revoked_id, revoked = tokens.create("a", ["*"], alice.pk, NOW)
    _, expiring = tokens.create("b", ["*"], alice.pk, NOW, expires_at=NOW + 10)
    _, disabled = tokens.create("c", ["*"], alice.pk, NOW)

    assert tokens.revoke(revoked_id, NOW)
    assert not tokens.revoke(revoked_id, NOW)
    assert tokens.actor(expiring, NOW + 9) is not None
    assert tokens.actor(expiring, NOW + 10) is None
    assert tokens.actor(revoked, NOW) is None
    assert tokens.actor("fct_forged", NOW) is None
    assert tokens.actor("", NOW) is None
    Worker.objects.update(is_disabled=True)
    assert tokens.actor(disabled, NOW) is None


def test_a_worker_revokes_only_their_own(alice):
    bob = Worker.objects.create_user("bob")
    tokens = ApiTokens()
    token_id, token = tokens.create("ci", ["*"], alice.pk, NOW)

    assert not tokens.revoke(token_id, NOW, worker_id=bob.pk)
    assert tokens.actor(token, NOW) is not None
    assert [each.name for each in tokens.list(alice.pk)] == ["ci"]
    assert tokens.list(bob.pk) == []
    assert len(tokens.list()) == 1


def test_last_use_is_kept_to_the_minute(alice):
    tokens = ApiTokens()
    _, token = tokens.create("ci", ["*"], alice.pk, NOW)

    for later in (0, 30, 59, 60):
        tokens.actor(token, NOW + later)

    assert tokens.list()[0].last_used_at == NOW + 60


def test_a_link_is_looked_at_often_and_used_once(alice):
    links = SignInLinks()
    token = links.create(alice.pk, NOW, NOW + 900)

    assert links.worker_of(token, NOW) == alice.pk
    assert links.worker_of(token, NOW) == alice.pk
    assert links.take(token, NOW) == alice.pk
    assert links.take(token, NOW) is None
    assert links.worker_of(token, NOW) is None
    assert token not in str(list(SignInLink.objects.values()))


def test_a_link_that_is_no_longer_good_signs_nobody_in(alice):
    links = SignInLinks()
    token = links.create(alice.pk, NOW, NOW + 900)

    assert links.take(token, NOW + 900) is None
    assert links.take("forged", NOW) is None
    Worker.objects.update(is_disabled=True)
    assert links.take(token, NOW) is None


def test_passwords_are_hashed_with_argon2(alice):
    assert alice.password.startswith("argon2$argon2id$")
    assert alice.check_password("correct horse battery")


def test_a_password_is_set_and_signs_in(alice):
    People().set_password(alice.pk, "another long passphrase")

    alice.refresh_from_db()
    assert alice.check_password("another long passphrase")
    with pytest.raises(NotFound):
        People().set_password(404, "another long passphrase")


def test_a_weak_password_is_refused_where_rules_are_set(alice, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}
    ]

    with pytest.raises(BadInput) as fault:
        People().set_password(alice.pk, "short")

    assert list(fault.value.fields) == ["password"]
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery")


def test_the_first_run_is_known_by_having_no_admin_with_a_password(alice):
    people = People()
    assert (people.has_any(), people.first_admin()) == (False, None)

    admin = Worker.objects.create_superuser("root")
    assert (people.has_any(), people.first_admin()) == (False, admin.pk)

    people.set_password(admin.pk, "a long passphrase")
    assert people.has_any()
    assert people.actor(admin.pk).is_admin
    assert not people.actor(alice.pk).is_admin


def test_a_disabled_worker_is_nobody(alice):
    Worker.objects.update(is_disabled=True)
    alice.refresh_from_db()

    assert People().actor(alice.pk) is None
    assert not alice.is_active
    assert not alice.has_perm("anything")
    assert not alice.has_module_perms("store")


def test_an_admin_is_djangos_superuser_and_a_worker_is_not(alice):
    admin = Worker.objects.create_superuser("root", "x", first_name="Ro", last_name="Ot")

    assert (admin.is_staff, admin.is_superuser, admin.has_perm("x")) == (True, True, True)
    assert (alice.is_staff, alice.is_superuser, alice.has_perm("x")) == (False, False, False)
    assert (str(admin), admin.get_short_name(), str(alice)) == ("Ro Ot", "Ro", "alice")
