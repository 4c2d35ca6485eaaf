"""The People pages as an administrator, an auditor and a moderator meet them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.accounts.enums import Function, Role
from governance.accounts.models import RoleGrant, User
from governance.audit.models import Entry

VERBS = ["person-grant", "person-deactivate", "person-reactivate", "person-reset"]


@pytest.fixture
def as_(db: None) -> Callable[[User], Client]:
    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def messages(answer: Any) -> list[str]:
    return [str(each) for each in answer.context["messages"]]


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_costs_the_same_however_many_people(as_: Callable[[User], Client], amira: User, others: int) -> None:
    for number in range(others):
        person = User.objects.create_user(f"p{number}", f"p{number}@example.org", pseudonym=f"Moderator B{number}")
        for function in Function:
            RoleGrant.objects.create(user=person, role=Role.APPROVER, function=function, granted_at=person.created_at)
    client = as_(amira)
    client.get(reverse("accounts:people"))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("accounts:people"))
    assert "Moderator B0" in text(answer)
    assert len(asked) == 6  # session, person, roles, people, their grants, saved views


def test_only_administrators_and_auditors_open_the_list(
    as_: Callable[[User], Client], amira: User, ines: User, jonas: User
) -> None:
    found = {person.pseudonym: as_(person).get(reverse("accounts:people")) for person in (amira, ines, jonas)}
    assert {name: answer.status_code for name, answer in found.items()} == {
        "Administrator B2": 200,
        "Auditor D4": 200,
        "Moderator K7": 403,
    }
    assert ["Add a person" in text(found[name]) for name in ("Administrator B2", "Auditor D4")] == [True, False]
    assert Client().get(reverse("accounts:people")).status_code == 302


@pytest.mark.parametrize("name", VERBS)
def test_an_auditor_changes_nothing(as_: Callable[[User], Client], ines: User, jonas: User, name: str) -> None:
    before = Entry.objects.count()
    assert as_(ines).post(reverse(f"accounts:{name}", args=[jonas.pk]), {"role": "auditor"}).status_code == 403
    assert Entry.objects.count() == before


def test_filters_find_by_role_words_and_state(
    as_: Callable[[User], Client], amira: User, jonas: User, lena: User
) -> None:
    User.objects.filter(pk=jonas.pk).update(is_active=False)
    client, url = as_(amira), reverse("accounts:people")
    found = {query: [row.username for row in client.get(f"{url}?{query}").context["page"].rows] for query in (
        "role=approver", "q=K7", "q=LENA%40", "active=false", "role=moderator&active=true",
    )}  # fmt: skip
    assert found == {
        "role=approver": ["lena"],
        "q=K7": ["jonas"],
        "q=LENA%40": ["lena"],
        "active=false": ["jonas"],
        "role=moderator&active=true": [],
    }


def test_a_person_is_added_and_signs_in_by_the_link(as_: Callable[[User], Client], amira: User) -> None:
    given = {"username": "kofi", "email": "kofi@example.org", "roles": ["moderator"], "functions": ["legal"]}
    answer = as_(amira).post(reverse("accounts:person-add"), given)
    kofi = User.objects.get(username="kofi")
    assert sorted(kofi.grants.values_list("role", "function")) == [("approver", "legal"), ("moderator", "")]
    link = re.search(r"http://127\.0\.0\.1:8000(/\S+?)<", text(answer))
    assert link is not None
    visitor = Client()
    form = visitor.get(link[1], follow=True)
    password = "correct horse battery staple"
    visitor.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})
    kofi.refresh_from_db()
    assert kofi.check_password(password)
    assert Client().get(link[1], follow=True).context["token_fail"] is True  # it works once


def test_a_person_who_cannot_be_added_keeps_what_was_entered(
    as_: Callable[[User], Client], amira: User, jonas: User
) -> None:
    answer = as_(amira).post(reverse("accounts:person-add"), {"username": "jonas", "email": "new@example.org"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"username": ["Taken."]})
    assert 'value="new@example.org"' in text(answer)


def test_roles_are_given_and_taken(as_: Callable[[User], Client], amira: User, jonas: User) -> None:
    client, url = as_(amira), reverse("accounts:person-grant", args=[jonas.pk])
    answer = client.post(url, {"role": "approver", "function": "product", "markets": "de, fr"}, follow=True)
    assert messages(answer) == ["Moderator K7 is now Approver for Product."]
    grant = jonas.grants.get(role=Role.APPROVER)
    assert (grant.function, grant.markets, grant.granted_by) == (Function.PRODUCT, ["DE", "FR"], amira)
    again = client.post(url, {"role": "approver", "function": "product", "markets": "de fr"})
    assert (again.status_code, again.context["form"].non_field_errors()) == (
        422,
        ["Moderator K7 holds this role already."],
    )
    taken = client.post(reverse("accounts:person-revoke", args=[jonas.pk, grant.pk]), follow=True)
    assert messages(taken) == ["Moderator K7 is no longer Approver for Product."]
    gone = client.post(reverse("accounts:person-revoke", args=[jonas.pk, grant.pk]))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"role": "approver"}, {"function": ["Choose one for approvers."]}),
        ({"role": "moderator", "function": "legal"}, {"function": ["Choose one for approvers."]}),
        ({"role": "moderator", "markets": "DE XQ Germany"}, {"markets": ["Not a country code: XQ, GERMANY"]}),
        ({"role": "king"}, {"role": ["Select a valid choice. king is not one of the available choices."]}),
    ],
)
def test_a_role_that_cannot_be_given(
    as_: Callable[[User], Client], amira: User, jonas: User, given: dict[str, str], errors: dict[str, list[str]]
) -> None:
    answer = as_(amira).post(reverse("accounts:person-grant", args=[jonas.pk]), given)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)


def test_shutting_out_ends_the_session_at_once(as_: Callable[[User], Client], amira: User, jonas: User) -> None:
    session, client = as_(jonas), as_(amira)
    assert session.get(reverse("accounts:preferences")).status_code == 200
    client.post(reverse("accounts:person-deactivate", args=[jonas.pk]), follow=True)
    assert session.get(reverse("accounts:preferences")).status_code == 302
    again = client.post(reverse("accounts:person-deactivate", args=[jonas.pk]), follow=True)
    assert messages(again) == ["Moderator K7 is deactivated already."]
    client.post(reverse("accounts:person-reactivate", args=[jonas.pk]))
    jonas.refresh_from_db()
    assert jonas.is_active


def test_a_new_link_signs_the_person_out_everywhere(as_: Callable[[User], Client], amira: User, jonas: User) -> None:
    session = as_(jonas)
    answer = as_(amira).post(reverse("accounts:person-reset", args=[jonas.pk]))
    assert "/password/reset/key/" in text(answer)
    assert session.get(reverse("accounts:preferences")).status_code == 302


def test_the_page_of_a_person_tells_roles_and_history(as_: Callable[[User], Client], ines: User, lena: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = text(as_(ines).get(reverse("accounts:person", args=[lena.pk])))
    assert ["Approver for Legal" in page, "Role granted" in page, "Give a role" in page] == [True, True, False]
    assert (
        sum("accounts_rolegrant" in each["sql"] for each in asked) == 3
    )  # one's own, and this person's twice: shown, and loaded


def test_services_have_no_page(as_: Callable[[User], Client], amira: User) -> None:
    service = User.objects.create_user("key-1", pseudonym="Key feed", kind="service")
    assert as_(amira).get(reverse("accounts:person", args=[service.pk])).status_code == 404


def test_a_broken_cursor_shows_the_first_rows_and_says_so(as_: Callable[[User], Client], amira: User) -> None:
    answer = as_(amira).get(reverse("accounts:people"), {"cursor": "broken"})
    assert [row.username for row in answer.context["page"].rows] == ["amira"]
    assert messages(answer) == [
        "This page's address is incomplete or belongs to another sorting. These are the first rows."
    ]
