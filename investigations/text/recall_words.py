"""Codes of alerts in words: kinds of risk, measures, what is equal and what speaks against a match."""

from django.utils.functional import Promise
from django.utils.translation import gettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

RISKS: dict[str, str | Promise] = {
    "asphyxiation": _("Asphyxiation"),
    "burns": _("Burns"),
    "chemical": _("Chemical"),
    "choking": _("Choking"),
    "cuts": _("Cuts"),
    "damage.to.hearing": _("Damage to hearing"),
    "damage.to.sight": _("Damage to sight"),
    "drowning": _("Drowning"),
    "electric.shock": _("Electric shock"),
    "entrapment": _("Entrapment"),
    "environment": pgettext_lazy("risk", "Environment"),
    "explosion": _("Explosion"),
    "fire": _("Fire"),
    "health.risk": _("Health risk"),
    "injuries": _("Injuries"),
    "microbiological": _("Microbiological"),
    "strangulation": _("Strangulation"),
    "suffocation": _("Suffocation"),
}
MEASURES: dict[str, str | Promise] = {
    "recall.of.product.from.consumers": _("Recall from consumers"),
    "withdrawal.of.product.from.market": _("Withdrawal from the market"),
    "removal.from.online.marketplace": _("Removal from online marketplaces"),
    "warning.consumers.of.risks": _("Warning of consumers"),
    "destruction.of.product": _("Destruction"),
    "other": pgettext_lazy("measure", "Another measure"),
    "refund": _("Refund"),
    "repair": _("Repair"),
    "replace": _("Replacement"),
    "dispose": _("Disposal"),
}
EQUAL: dict[str, str | Promise] = {
    "barcode": _("Barcode"),
    "brand": _("Brand"),
    "model": _("Model"),
    "batch": _("Batch"),
    "words": _("Words"),
}
AGAINST: dict[str, str | Promise] = {
    "brand": _("Another brand"),
    "model": _("Another model"),
    "no_brand": _("The brand is not named"),
    "short_model": _("The model is short"),
    "accessory": _("Made for the product"),
    "in_store": _("A barcode that shops give out themselves"),
}


def risk(code: str) -> str:
    return str(RISKS.get(code, code.replace(".", " ").capitalize()))


def measure(code: str) -> str:
    kind = code.rpartition(":")[2]
    return str(MEASURES.get(kind, kind.replace(".", " ").capitalize()))


def publication(what: str, hazard: str, what_to_do: str, remedy: str, *, seller: str, recalled: bool, tag: str) -> str:
    """The notice for those whom nobody can write to, in its language where we have its words (Art. 36(2)). Of an illegal product
    it names who sold it (DSA Art. 32(1)(b))."""
    with override(tag):
        parts = [(_("Product"), what), (_("Hazard"), hazard), (_("What to do"), what_to_do), (_("Remedy"), remedy)]
        if not recalled:
            parts.insert(1, (_("Sold by"), seller))
        head = gettext("Product safety recall") if recalled else gettext("Illegal product")
        return "\n\n".join([head, *(f"{label}: {text}" for label, text in parts)])
