"""Who may hear an appeal: a person who had no part in what it contests and who holds it."""

from django.utils.translation import gettext as _

from enforcement.domain import appeal_states
from enforcement.enums import AppealState
from enforcement.models import Appeal
from enforcement.queries import appeals as queries
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal


class SamePerson(Refusal):
    """Whoever had a part in the decision, and whatever is no person, does not hear the appeal."""


class NotWithYou(MoveRefused):
    """Somebody else reads this appeal."""


def held(appeal: Appeal, actor: User) -> Appeal:
    """The appeal as it stands now, locked, for the person who reads it."""
    appeal = appeal_states.lock(appeal)
    if appeal.state == AppealState.IN_REVIEW and appeal.assigned_to_id != actor.pk:
        raise NotWithYou(_("Somebody else reads this appeal. Take it first."))
    refuse_same_person(appeal, actor)
    return appeal


def refuse_same_person(appeal: Appeal, actor: User) -> None:
    if actor.kind == Kind.SERVICE:
        raise SamePerson(_("An appeal is heard by a person."))
    if actor.pk in queries.deciders_of(appeal):
        raise SamePerson(_("You decided what this appeal contests. Another person must hear it."))
    if actor.pk == appeal.filed_by_id:
        raise SamePerson(_("You entered this appeal for the merchant. Another person must hear it."))
