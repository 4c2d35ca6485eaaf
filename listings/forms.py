"""Input of the import pages."""

from collections.abc import Sequence
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from listings.domain.imports import mapping as mappings
from listings.domain.imports.mapping import FIELDS
from listings.domain.imports.preview import FileFacts
from listings.domain.imports.suggest import Suggestion
from listings.enums import ImportKind
from listings.models import AttributeDefinition, Market

KINDS = [(kind, kind.label) for kind in FIELDS]


class Upload(forms.Form):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV, NDJSON or XLSX, plain or as .gz. What it is is found out from its content, not its name."),
    )


class ChooseMapping(forms.Form):
    """Which mapping the prepared file is read with."""

    mapping = forms.ChoiceField(label=_("Mapping"), required=False)
    kind = forms.ChoiceField(label=_("What the rows are"), choices=KINDS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, document.get("title", name)) for name, document in mappings.named().items()]
        self.fields["mapping"].choices = [("", _("By its columns, below")), *names]  # type: ignore[attr-defined]


class ColumnMapping(forms.Form):
    """What each column is, and what holds where a row says nothing."""

    merchant = forms.CharField(
        label=_("Merchant"),
        max_length=120,
        required=False,
        help_text=_("Of rows that name none. It is created if it is new."),
    )
    merchant_country = forms.CharField(
        label=_("Country of new merchants"),
        max_length=2,
        required=False,
        help_text=_("Two letters, such as DE. Empty: unknown merchants park their rows."),
    )
    markets = forms.CharField(
        label=_("Markets"), max_length=300, required=False, help_text=_("Of rows that name none: DE FR IT")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    language = forms.CharField(label=_("Language"), max_length=8, required=False)
    decimal = forms.ChoiceField(
        label=_("Decimal mark"),
        choices=[("", _("As it comes")), (".", _("Point: 1,299.00")), (",", _("Comma: 1.299,00"))],
        required=False,
    )

    def __init__(
        self, *args: Any, kind: ImportKind, facts: FileFacts, suggestions: Sequence[Suggestion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.facts = facts
        self.column_names = [f"column_{place}" for place in range(len(facts.columns))]
        choices = targets(kind)
        for name, column, suggestion in zip(self.column_names, facts.columns, suggestions, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=suggestion.target
            )
        if kind != ImportKind.LISTINGS:
            for name in ("merchant", "merchant_country", "markets", "language"):
                del self.fields[name]

    def document(self) -> dict[str, Any]:
        """The mapping that the cleaned form says."""
        data = self.cleaned_data
        fields: dict[str, Any] = {}
        attributes: dict[str, str] = {}
        for name, column in zip(self.column_names, self.facts.columns, strict=True):
            target, _colon, key = data[name].partition(":")
            if target == "field":
                fields.setdefault(key, []).append(column)
            elif target == "attribute":
                attributes[key] = column
        document: dict[str, Any] = {
            "kind": self.kind.value,
            "fields": {
                key: columns[0] if len(columns) == 1 else {"columns": columns, "joined_by": "\n"}
                for key, columns in fields.items()
            },
            "attributes": attributes,
            "defaults": {name: data[name] for name in ("currency", "language") if data.get(name)},
        }
        if data.get("markets"):
            document["defaults"]["markets"] = data["markets"].upper().replace(",", " ").split()
        if data.get("decimal"):
            document["decimal"] = data["decimal"]
        return document | self._merchant()

    def _merchant(self) -> dict[str, Any]:
        name, country = self.cleaned_data.get("merchant", ""), self.cleaned_data.get("merchant_country", "").upper()
        told: dict[str, Any] = {"id": name, "name": name} if name else {}
        if country:
            told |= {"country": country, "create": True}
        return {"merchant": told} if told else {}

    def clean_merchant_country(self) -> str:
        country = str(self.cleaned_data["merchant_country"]).strip().upper()
        if country and country not in Locale.parse("en").territories:
            raise forms.ValidationError(_("There is no country with this code."))
        return country

    def clean_markets(self) -> str:
        given = str(self.cleaned_data["markets"]).upper().replace(",", " ")
        known = set(Market.objects.values_list("code", flat=True))
        if strange := sorted(set(given.split()) - known):
            raise forms.ValidationError(_("%(codes)s: not one of our markets.") % {"codes": ", ".join(strange)})
        return given


def targets(kind: ImportKind) -> list[Any]:
    """What a column may be: fields, and the register's attributes by their label."""
    fields = [(f"field:{name}", name) for name in FIELDS[kind]]
    groups: list[Any] = [("", _("Not used")), (_("Fields"), fields)]
    if kind == ImportKind.LISTINGS:
        language = get_language() or "en"
        rows = AttributeDefinition.objects.order_by("key").values_list("key", "labels", "unit")
        attributes = [
            (f"attribute:{key}", f"{labels.get(language) or labels.get('en', key)}{f' ({unit})' if unit else ''}")
            for key, labels, unit in rows
        ]
        groups.append((_("Attributes"), attributes))
    return groups
