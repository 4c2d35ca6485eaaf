"""Making keys, knowing them again, ending them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import ApiKey, User
from governance.accounts.permissions import has_role, has_scope
from governance.audit.models import Entry
from governance.web.refusals import MoveRefused, Refusal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make(actor: User | None, *, days: int = 0) -> tuple[ApiKey, str]:
    expires_at = NOON + timedelta(days=days) if days else None
    return api_keys.create(
        name="listing service",
        scopes=[Scope.LISTINGS_WRITE, "listings:read"],
        actor=actor,
        at=NOON,
        expires_at=expires_at,
    )


def test_the_key_is_known_again_and_carries_its_scopes_and_no_roles(amira: User) -> None:
    key, secret = make(amira)
    found = api_keys.authenticate(presented=secret, at=NOON)
    assert found == key
    assert secret.split("_", 2)[2] not in str(list(ApiKey.objects.values_list()))
    assert [scope.value for scope in Scope if has_scope(found.user, scope)] == ["listings:read", "listings:write"]
    assert not has_role(found.user, *Role)
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.subject_ref, entry.data["scopes"]) == (
        "api_key.created",
        amira,
        "listing service",
        ["listings:read", "listings:write"],
    )


def test_using_a_key_writes_once_a_day(amira: User) -> None:
    key, secret = make(amira)
    api_keys.authenticate(presented=secret, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        api_keys.authenticate(presented=secret, at=NOON + timedelta(hours=3))
    assert len(asked) == 1
    api_keys.authenticate(presented=secret, at=NOON + timedelta(days=2))
    key.refresh_from_db()
    assert str(key.last_used_on) == "2026-11-25"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "A",
        lambda secret: secret.replace("gk_", "sk_"),
        lambda secret: secret.split("_")[1],
        lambda secret: "",
        lambda secret: "gk_",
        lambda secret: "gk_\x00_\x00",
        lambda secret: "gk_ff_" + secret.split("_", 2)[2],
    ],
)
def test_anything_else_is_not_a_key(amira: User, spoil: object) -> None:
    _key, secret = make(amira)
    assert api_keys.authenticate(presented=spoil(secret), at=NOON) is None  # type: ignore[operator]


def test_an_expired_key_a_revoked_one_and_one_of_a_shut_out_service_are_not_known(amira: User) -> None:
    key, secret = make(amira, days=1)
    assert api_keys.authenticate(presented=secret, at=NOON + timedelta(hours=23)) == key
    assert api_keys.authenticate(presented=secret, at=NOON + timedelta(days=1)) is None
    User.objects.filter(pk=key.user_id).update(is_active=False)
    assert api_keys.authenticate(presented=secret, at=NOON) is None
    User.objects.filter(pk=key.user_id).update(is_active=True)
    api_keys.revoke(key=key, actor=amira, at=NOON)
    assert api_keys.authenticate(presented=secret, at=NOON) is None
    with pytest.raises(MoveRefused, match="revoked already"):
        api_keys.revoke(key=key, actor=amira, at=NOON)


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "field"),
    [
        (" ", [Scope.LISTINGS_READ], None, "name"),
        ("listing service", [Scope.LISTINGS_READ], None, "name"),
        ("feed", [], None, "scopes"),
        ("feed", [Scope.LISTINGS_READ], NOON, "expires_at"),
    ],
)
def test_a_key_that_cannot_be_made(
    amira: User, name: str, scopes: list[Scope], expires: datetime | None, field: str
) -> None:
    make(amira)
    with pytest.raises(Refusal) as refused:
        api_keys.create(name=name, scopes=scopes, actor=amira, at=NOON, expires_at=expires)
    assert list(refused.value.errors) == [field]
    assert (ApiKey.objects.count(), User.objects.filter(kind="service").count()) == (1, 1)


def test_the_command_prints_the_key_once(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "create_api_key", "--name", "feed", "--scope", "listings:write", "orders:write", "--scope", "listings:read"
    )
    secret = capsys.readouterr().out.strip()
    key = api_keys.authenticate(presented=secret, at=NOON)
    assert key is not None
    assert key.scopes == ["listings:read", "listings:write", "orders:write"]
    with pytest.raises(CommandError, match="There is a key with this name already"):
        call_command("create_api_key", "--name", "feed", "--scope", "listings:write")
