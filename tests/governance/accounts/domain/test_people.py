"""Adding people, giving and taking roles, shutting out, preferences."""

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import IntegrityError, transaction

from governance.accounts.domain import people
from governance.accounts.domain.people import WantedRole
from governance.accounts.enums import Function, Role
from governance.accounts.models import RoleGrant, User
from governance.audit.models import Entry
from governance.web.refusals import MoveRefused, Refusal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def verbs() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("id").values_list("verb", "actor_label", "subject_ref"))


def test_a_new_person_has_a_pseudonym_of_their_role_and_no_password(amira: User) -> None:
    person = people.create_person(
        username=" kofi ", email="Kofi@Example.org", roles=[WantedRole(Role.SENIOR_REVIEWER)], actor=amira, at=NOON
    )
    label, mark = person.pseudonym.rsplit(" ", 1)
    assert (person.username, person.email, label, person.initials) == (
        "kofi",
        "kofi@example.org",
        "Senior reviewer",
        mark,
    )
    assert not person.has_usable_password()
    assert verbs()[-2:] == [
        ("person.created", "Administrator B2", person.pseudonym),
        ("person.role_granted", "Administrator B2", person.pseudonym),
    ]


def test_pseudonyms_do_not_run_out(db: None) -> None:
    letters, digits = people.LETTERS, people.DIGITS
    taken = [f"Person {letter}{digit}" for letter in letters for digit in digits]
    User.objects.bulk_create(
        User(username=name, email=f"{n}@example.org", pseudonym=name) for n, name in enumerate(taken)
    )
    person = people.create_person(username="next", email="next@example.org", actor=None, at=NOON)
    assert len(person.pseudonym.split()[1]) == 3


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"username": "JONAS", "email": "other@example.org"}, {"username": "Taken."}),
        ({"username": "other", "email": "Jonas@example.org"}, {"email": "Taken."}),
        ({"username": "other", "email": "other@example.org", "pseudonym": "Moderator K7"}, {"pseudonym": "Taken."}),
        ({"username": " ", "email": ""}, {"username": "Missing.", "email": "Missing."}),
    ],
)
def test_a_person_who_cannot_be_added_is_refused_by_field(
    jonas: User, given: dict[str, Any], errors: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as refused:
        people.create_person(**given, actor=None, at=NOON)
    assert refused.value.errors == errors
    assert User.objects.count() == 1


def test_a_role_is_granted_once_and_its_markets_may_change(amira: User, jonas: User) -> None:
    wanted = WantedRole(Role.MODERATOR, None, ("FR", "DE", "DE"))
    grant = people.grant_role(user=jonas, wanted=wanted, actor=amira, at=NOON)
    assert (grant.markets, grant.granted_by) == (["DE", "FR"], amira)
    with pytest.raises(MoveRefused, match="Moderator K7 holds this role already"):
        people.grant_role(user=jonas, wanted=wanted, actor=amira, at=NOON)
    assert list(RoleGrant.objects.filter(user=jonas).values_list("role", flat=True)) == ["moderator"]


@pytest.mark.parametrize("wanted", [WantedRole(Role.APPROVER), WantedRole(Role.MODERATOR, Function.LEGAL)])
def test_approvers_and_only_they_answer_for_a_function(amira: User, jonas: User, wanted: WantedRole) -> None:
    with pytest.raises(Refusal, match="answers for a function"):
        people.grant_role(user=jonas, wanted=wanted, actor=amira, at=NOON)
    with pytest.raises(IntegrityError, match="grant_function_of_approvers"), transaction.atomic():
        RoleGrant.objects.create(user=jonas, role=wanted.role, function=wanted.function or "", granted_at=NOON)


def test_services_hold_no_roles(amira: User) -> None:
    service = User.objects.create_user("key-1", pseudonym="Key feed", kind="service")
    with pytest.raises(Refusal, match="a service has the scopes of its key"):
        people.grant_role(user=service, wanted=WantedRole(Role.MODERATOR), actor=amira, at=NOON)


def test_a_role_taken_away_stays_in_the_history(amira: User, jonas: User) -> None:
    grant = jonas.grants.get()
    people.revoke_role(grant=grant, actor=amira, at=NOON)
    history = apps.get_model("accounts", "RoleGrantEvent").objects.filter(pgh_obj_id=grant.pk).order_by("pgh_id")
    assert [(each.pgh_label, each.role) for each in history] == [("insert", "moderator"), ("delete", "moderator")]
    assert verbs()[-1] == ("person.role_revoked", "Administrator B2", "Moderator K7")
    with pytest.raises(MoveRefused, match="taken away already"):
        people.revoke_role(grant=grant, actor=amira, at=NOON)


def test_the_last_administrator_stays(amira: User, jonas: User) -> None:
    grant = amira.grants.get()
    with pytest.raises(Refusal, match="nobody takes their own administration away"):
        people.revoke_role(grant=grant, actor=amira, at=NOON)
    with pytest.raises(Refusal, match="Administrator B2 is the last administrator"):
        people.deactivate(user=amira, actor=None, at=NOON)
    people.grant_role(user=jonas, wanted=WantedRole(Role.ADMINISTRATOR), actor=amira, at=NOON)
    people.revoke_role(grant=grant, actor=jonas, at=NOON)
    assert not amira.grants.exists()


def test_shutting_out_and_letting_in_again(amira: User, jonas: User) -> None:
    assert not people.deactivate(user=jonas, actor=amira, at=NOON).is_active
    with pytest.raises(MoveRefused, match="deactivated already"):
        people.deactivate(user=jonas, actor=amira, at=NOON)
    with pytest.raises(MoveRefused, match="Reactivate Moderator K7 first"):
        people.reset_sign_in(user=jonas, actor=amira, at=NOON)
    assert people.reactivate(user=jonas, actor=amira, at=NOON).is_active
    with pytest.raises(MoveRefused, match="active already"):
        people.reactivate(user=jonas, actor=amira, at=NOON)
    assert [verb for verb, _actor, _ref in verbs()[-2:]] == ["person.deactivated", "person.reactivated"]


def test_resetting_the_sign_in_forgets_password_and_second_factor(amira: User, jonas: User) -> None:
    jonas.set_password("a long enough password")
    jonas.save()
    Authenticator.objects.create(user=jonas, type=Authenticator.Type.TOTP, data={})
    fresh = people.reset_sign_in(user=jonas, actor=amira, at=NOON)
    assert (fresh.has_usable_password(), Authenticator.objects.count()) == (False, 0)
    assert Entry.objects.latest("id").data == {"second_factors": 1}


def test_preferences_change_together_and_only_what_changed_is_noted(jonas: User) -> None:
    people.set_preferences(user=jonas, language="ar", theme="dark", image_blur=True, actor=jonas, at=NOON)
    jonas.refresh_from_db()
    assert (jonas.language, jonas.theme, jonas.images) == (
        "ar",
        "dark",
        {"blur": True, "grey": False, "size": "medium"},
    )
    assert Entry.objects.latest("id").data == {"language": "ar", "theme": "dark"}
    before = Entry.objects.count()
    people.set_preferences(user=jonas, language="ar", actor=jonas, at=NOON)
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "tlh"},
        {"time_zone": "Europe/Atlantis"},
        {"theme": "pink"},
        {"image_size": "huge"},
        {"image_blur": "maybe"},
    ],
)
def test_unknown_preferences_change_nothing(jonas: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        people.set_preferences(user=jonas, image_grey=True, **wrong, actor=jonas, at=NOON)
    jonas.refresh_from_db()
    assert (refused.value.errors, jonas.image_grey) == ({next(iter(wrong)): "Not known."}, False)
