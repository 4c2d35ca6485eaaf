"""Merchants contest what was decided: heard and upheld, overturned, in part; one asked back, one waiting, one late."""

import datetime as dt

from enforcement.domain import appeals, clarifications
from enforcement.enums import AppealChannel, DecisionState, ItemOutcome
from enforcement.models import Appeal, AppealItem, Decision
from enforcement.queries import appeals as queries
from governance.accounts.models import User
from governance.cli.world.days import World
from governance.cli.world.rollout import deliver
from investigations.domain import hearing

TEXTS = {
    "de": "Das Produkt ist ein anderes, als Sie meinen. Die Konformitätserklärung liegt vor, wir haben sie nachgetragen.",
    "fr": "Le produit visé n’est pas celui-ci : le rapport d’essai joint porte le bon modèle.",
    "pl": "Oznaczenie znajduje się na opakowaniu, zdjęcie nr 2. Prosimy o ponowne sprawdzenie.",
    "ar": "المنتج مطابق للمواصفات، والشهادة مرفقة برقم الطراز نفسه.",
    "tr": "Ürün belgelidir, model numarası ambalajın altında yazıyor.",
    "es": "El producto es otro: el informe adjunto corresponde a este modelo.",
    "it": "Il prodotto è un altro: il rapporto di prova riguarda questo modello.",
    "nl": "Het gaat om een ander product; het keuringsrapport hoort bij dit model.",
    "en": "The product is another one than you think. The report covers this model; please look again.",
}
OVERTURNED = "You are right: the report covers this product. The decision is taken back."
UPHELD = "We looked again. The paper that you sent is about another model, so the decision stands."
EVERY = 6
"""Of so many decisions one is contested."""


def is_there() -> bool:
    return Appeal.objects.exists()


def make(world: World) -> None:
    told = Decision.objects.filter(state=DecisionState.IN_FORCE, decided_at__lt=world.before(days=3))
    recent = list(told.select_related("merchant").order_by("decided_at", "pk"))
    for number, decision in enumerate(recent[::EVERY]):
        _contest(world, decision, number)
    _open_ones(world, recent[1::EVERY][-4:])


def _contest(world: World, decision: Decision, number: int) -> None:
    """Filed after some days, heard within the week by somebody who did not decide; one in five is overturned."""
    filed = decision.decided_at + dt.timedelta(days=world.chance.uniform(1, 6))
    heard = filed + dt.timedelta(days=world.chance.uniform(1, 6))
    if heard > world.before(hours=2):
        return
    appeal = _file(decision, filed)
    hearer = _hearer(world, appeal, "senior" if number % 3 else "lead")
    appeals.take(appeal=appeal, actor=hearer, at=heard - dt.timedelta(minutes=25))
    rows = list(AppealItem.objects.filter(appeal=appeal).order_by("pk"))
    won = number % 5 == 1
    outcomes = {row.item_id: ItemOutcome.OVERTURNED if won else ItemOutcome.UPHELD for row in rows}
    if won and len(rows) > 1:
        outcomes[rows[0].item_id] = ItemOutcome.UPHELD
    hearing.decide(appeal=appeal, outcomes=outcomes, answer=OVERTURNED if won else UPHELD, actor=hearer, at=heard)
    deliver(heard + dt.timedelta(minutes=2))


def _open_ones(world: World, decisions: list[Decision]) -> None:
    """Today's: one that is late, one with a question to the merchant, one being read, one that just came."""
    days = (13, 6, 3, 0)
    for decision, ago in zip(decisions, days, strict=False):
        at = max(world.ago(ago, 10) if ago else world.before(hours=3), decision.decided_at + dt.timedelta(hours=5))
        appeal = _file(decision, at)
        if ago in (6, 3):
            hearer = _hearer(world, appeal, "senior")
            appeals.take(appeal=appeal, actor=hearer, at=at + dt.timedelta(hours=4))
        if ago == 6:
            question = "Please send the page of the report that names the model."
            clarifications.ask(appeal=appeal, question=question, actor=hearer, at=at + dt.timedelta(hours=5))
        deliver(at + dt.timedelta(hours=7))


def _hearer(world: World, appeal: Appeal, usual: str) -> User:
    """Somebody who had no part in it."""
    people = [world.person(name) for name in (usual, "senior", "lead")]
    had_a_part = queries.deciders_of(appeal)
    return next(person for person in people if person.pk not in had_a_part)


def _file(decision: Decision, at: dt.datetime) -> Appeal:
    language = decision.merchant.language
    appeal = appeals.file(
        decision=decision,
        text=TEXTS.get(language, TEXTS["en"]),
        channel=AppealChannel.PAGE,
        actor=None,
        at=at,
        language=language,
    )
    deliver(at + dt.timedelta(minutes=2))
    return appeal
