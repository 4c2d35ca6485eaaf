"""Making a proper offer wrong, or seemingly wrong, as a defect's edit says."""

import datetime as dt
from collections.abc import Callable

from listings.management.demo.chance import Chance
from listings.management.demo.offers import Offer, certificate
from listings.management.demo.sources import Edit
from listings.management.demo.values import Setting, value
from listings.management.demo.wording import details, told

Say = Callable[[str], str]
"""Turns a marked sentence into what the merchant writes: plain or disguised."""


def apply(rnd: Chance, offer: Offer, edit: Edit, as_of: dt.date, say: Say) -> None:
    if edit.tell:
        offer.wording.said += [
            told(key, offer.attributes[key], offer.language) for key in edit.tell if key in offer.attributes
        ]
    for key in edit.drop:
        offer.attributes.pop(key, None)
    for key, spec in edit.set.items():
        offer.attributes[key] = value(Setting(rnd, offer.language, offer.maker, as_of), spec)
    if edit.name:
        offer.wording.name = say(edit.name[offer.language])
    if edit.say:
        offer.wording.said.append(say(rnd.choice(list(edit.say[offer.language]))))
    offer.wording.details = details(offer.attributes, offer.language)
    _identify(offer, edit)
    _certify(rnd, offer, edit, as_of)


def _identify(offer: Offer, edit: Edit) -> None:
    if edit.pictures is not None:
        offer.pictures = edit.pictures
    if edit.nameless:
        offer.sku = offer.ean = ""
        for key in {"model", "batch"} - set(edit.set):
            offer.attributes.pop(key, None)


def _certify(rnd: Chance, offer: Offer, edit: Edit, as_of: dt.date) -> None:
    dropped = set(edit.drop_certificates)
    offer.certificates = [held for held in offer.certificates if held["type"] not in dropped]
    for held in offer.certificates:
        if held["type"] in edit.expire:
            held |= _past(rnd, as_of)
        if held["type"] in edit.soon:
            held["valid_until"] = str(as_of + dt.timedelta(days=rnd.randint(2, 20)))
        if edit.certificate_of and held["type"] == "CE":
            held["standard"] = f"EU declaration of conformity for {edit.certificate_of}"
    missing = {*edit.expire, *edit.soon} - {held["type"] for held in offer.certificates}
    for kind in sorted(missing):
        offer.certificates.append(certificate(rnd, kind, as_of) | _past(rnd, as_of))


def _past(rnd: Chance, as_of: dt.date) -> dict[str, str]:
    ended = as_of - dt.timedelta(days=rnd.randint(5, 400))
    return {"valid_from": str(ended - dt.timedelta(days=rnd.randint(300, 1100))), "valid_until": str(ended)}
