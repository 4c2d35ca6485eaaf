"""What verbs ask of whoever acts, and say of an act upon several merchants."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from enforcement.models import Decision
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.web.refusals import Refusal

LONGEST = 10_000
"""Characters of reasons."""


class NotAPerson(Refusal):
    """A program finds and carries out; this is a person's word."""


class ReasonsMissing(Refusal):
    """Somebody outside reads them."""


class WhyMissing(Refusal):
    """Whoever takes the case next, and whoever reads the log, has only these words."""


@dataclass(frozen=True)
class Acted:
    """`refused` are merchants about whom nothing could be decided, each with the reason; the rest is done."""

    decisions: tuple[Decision, ...]
    refused: tuple[tuple[str, str], ...]


def check_person(actor: User) -> None:
    if actor.kind == Kind.SERVICE:
        raise NotAPerson(_("A person decides this."))


def lock_person(person: User) -> None:
    """Two requests of one person take turns here."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def check_why(text: str) -> None:
    if not text.strip():
        raise WhyMissing(_("Say why in a few words: the next person reads it."))


def check_reasons(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise ReasonsMissing(_("Write the reasons, in at most 10,000 characters."))
