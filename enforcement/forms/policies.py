"""Writing a policy version: what it says, where it holds, what it may do, and its words per language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.accounts.enums import Function
from governance.policies.domain import matters
from governance.policies.domain.matters import KEYWORDS
from governance.policies.domain.versions import Terms, Words
from governance.policies.enums import Ground, Matter, Measure, Mode, Severity, Subject
from governance.policies.models import PolicyVersion
from governance.web.formats import country, language_name
from listings.enums import Label
from listings.models import Category, Market

LANGUAGES = ("en", "de", "fr")
"""The languages that the page offers for a policy's words; a version read from a file may hold more."""
WORDS = ("title", "summary", "guidance", "statement", "correction")
LABELS = {
    "title": _("Title"),
    "summary": _("What merchants read"),
    "guidance": _("What moderators read"),
    "statement": _("In the statement of reasons"),
    "correction": _("How to correct it, a line per step"),
}
ROWS = {"title": 1, "summary": 3, "guidance": 5, "statement": 3, "correction": 3}


class NewPolicy(forms.Form):
    slug = forms.SlugField(
        label=_("Short name"), max_length=80, help_text=_("Letters, digits, hyphens: loose-magnets.")
    )
    family = forms.SlugField(
        label=_("Family"), max_length=60, help_text=_("Where it stands in the list: toys, cosmetics.")
    )
    subject = forms.ChoiceField(label=_("It is about"), choices=Subject.choices, initial=Subject.LISTINGS)


def _keywords() -> list[tuple[str, list[tuple[str, str]]]]:
    """By category; the one that goes with every category stands last."""
    groups = [
        (str(Matter(category).label), [(each, each) for each in found if each != matters.OTHER])
        for category, found in KEYWORDS.items()
    ]
    return [*(group for group in groups if group[1]), (gettext("Any category"), [(matters.OTHER, matters.OTHER)])]


class VersionForm(forms.Form):
    """A draft may be saved incomplete; submitting is where it must hold."""

    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices)
    legal_basis = forms.CharField(
        label=_("Legal basis or clause"), max_length=400, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    source_url = forms.URLField(label=_("Source"), max_length=500, required=False, assume_scheme="https")
    confirm_with_counsel = forms.BooleanField(label=_("Confirm with counsel before it decides"), required=False)
    jurisdictions = forms.MultipleChoiceField(label=_("Markets"), widget=forms.CheckboxSelectMultiple, required=False)
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("None means all. A category includes what is under it."),
    )
    rule = forms.CharField(
        label=_("Rule"),
        max_length=10_000,
        strip=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "class": "mono", "dir": "ltr"}),
    )
    measures = forms.MultipleChoiceField(
        label=_("Measures it permits"), choices=Measure.choices, widget=forms.CheckboxSelectMultiple
    )
    default_measure = forms.ChoiceField(label=_("Default measure"), choices=Measure.choices)
    minimum_age = forms.IntegerField(label=_("Minimum age"), min_value=1, max_value=99, required=False)
    label = forms.ChoiceField(
        label=_("Label"), choices=[("", _("None")), *Label.choices], required=False, help_text=_("What a label says.")
    )
    listings_a_day = forms.IntegerField(
        label=_("New listings a day"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Where they are limited."),
    )
    transparency_category = forms.ChoiceField(
        label=_("Category"),
        choices=[("", _("As its ground and family say")), *Matter.choices],
        required=False,
        help_text=_("Under which restrictions by this policy are told to the database."),
    )
    transparency_keywords = forms.MultipleChoiceField(
        label=_("Keywords"),
        choices=_keywords,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6, "class": "mono", "dir": "ltr"}),
        help_text=_("The database's codes, by category."),
    )
    transparency_other = forms.CharField(
        label=_("What KEYWORD_OTHER stands for"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=48, initial=0)
    cure_days = forms.IntegerField(label=_("Working days to correct"), min_value=0, max_value=90, initial=0)
    brake = forms.DecimalField(
        label=_("Brake, % of a market's merchants"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=100,
        help_text=_("Hits above it go to a queue instead of being decided. 100 is no brake."),
    )
    effective_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    effective_until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    change_note = forms.CharField(label=_("What changed and why"), required=False, max_length=2_000)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Market.objects.order_by("code").values_list("code", flat=True)
        self.fields["jurisdictions"].choices = sorted(  # type: ignore[attr-defined]
            [(code, country(code)) for code in codes], key=lambda choice: choice[1]
        )
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (code, "\u2003" * depth + names.get(language, names.get("en", code)))
            for code, depth, names in Category.objects.order_by("code").values_list("code", "depth", "names")
        ]
        for tag in LANGUAGES:
            for name in WORDS:
                self.fields[f"{tag}_{name}"] = self._words_field(tag, name)

    @staticmethod
    def _words_field(tag: str, name: str) -> forms.CharField:
        attrs = {"rows": ROWS[name], "lang": tag, "dir": "auto"}
        widget = forms.TextInput(attrs={"lang": tag, "dir": "auto"}) if name == "title" else forms.Textarea(attrs=attrs)
        most = 200 if name == "title" else 8_000
        return forms.CharField(label=LABELS[name], max_length=most, required=False, widget=widget)

    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(tag, name of the language, its fields)."""
        return [(tag, language_name(tag), [self[f"{tag}_{name}"] for name in WORDS]) for tag in LANGUAGES]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("default_measure") and data["default_measure"] not in data.get("measures", []):
            self.add_error("default_measure", _("The default measure must be one of those permitted."))
        if Measure.AGE_GATE in data.get("measures", []) and not data.get("minimum_age"):
            self.add_error("minimum_age", _("An age gate needs an age."))
        if Measure.LABEL in data.get("measures", []) and not data.get("label"):
            self.add_error("label", _("Choose what the label says."))
        if Measure.LIMIT_NEW_LISTINGS in data.get("measures", []) and not data.get("listings_a_day"):
            self.add_error("listings_a_day", _("Say how many new listings a day are left."))
        self._check_matter(data)
        starts, ends = data.get("effective_from"), data.get("effective_until")
        if starts and ends and ends < starts:
            self.add_error("effective_until", _("It would end before it starts."))
        return data

    def _check_matter(self, data: Mapping[str, Any]) -> None:
        found = matters.problems(
            category=data.get("transparency_category", ""),
            keywords=data.get("transparency_keywords", []),
            other=data.get("transparency_other", ""),
            ground=data.get("ground", ""),
        )
        for name, problem in found.items():
            self.add_error(name, problem)

    def terms(self, kept: Mapping[str, Words]) -> Terms:
        """What the form says; `kept` are words in languages that the page does not offer."""
        data = self.cleaned_data
        texts = dict(kept)
        for tag in LANGUAGES:
            words = Words(**{name: data[f"{tag}_{name}"] for name in WORDS})
            if any((words.title, words.summary, words.statement, words.guidance, words.correction)):
                texts[tag] = words
        return Terms(
            severity=Severity(data["severity"]),
            ground=Ground(data["ground"]),
            legal_basis=data["legal_basis"],
            source_url=data["source_url"],
            confirm_with_counsel=data["confirm_with_counsel"],
            jurisdictions=data["jurisdictions"],
            categories=data["categories"],
            rule=data["rule"],
            measures=[Measure(value) for value in data["measures"]],
            default_measure=Measure(data["default_measure"]),
            minimum_age=data["minimum_age"],
            label=data["label"],
            listings_a_day=data["listings_a_day"],
            transparency_category=data["transparency_category"],
            transparency_keywords=list(dict.fromkeys(data["transparency_keywords"])),
            transparency_other=data["transparency_other"],
            points=data["points"],
            cure_days=data["cure_days"],
            brake_share=data["brake"] / 100 or Decimal(1),
            effective_from=data["effective_from"],
            effective_until=data["effective_until"],
            change_note=data["change_note"],
            texts=texts,
        )


def initial_of(version: PolicyVersion) -> dict[str, Any]:
    """The form's values for a version that is being edited, or on which the next is based."""
    names = [name for name in VersionForm.base_fields if name not in ("brake", "change_note")]
    values = {name: getattr(version, name) for name in names}
    values["brake"] = (version.brake_share * 100).quantize(Decimal("0.01"))
    for text in version.texts.all():
        values |= {f"{text.language}_{name}": getattr(text, name) for name in WORDS}
    return values


def kept_words(version: PolicyVersion | None) -> dict[str, Words]:
    """A version's words in languages that the page does not offer, so that editing loses none."""
    texts = [] if version is None else [text for text in version.texts.all() if text.language not in LANGUAGES]
    return {text.language: Words(**{name: getattr(text, name) for name in WORDS}) for text in texts}


class Approve(forms.Form):
    function = forms.ChoiceField(label=_("You answer for"), choices=Function.choices)
    comment = forms.CharField(
        label=_("Comment"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SetMode(forms.Form):
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode.choices)
    reason = forms.CharField(label=_("Why"), max_length=500)


class GrantWaiver(forms.Form):
    """The subject is a merchant's or listing's number as staff see it, or a brand."""

    subject = forms.CharField(
        label=_("For whom"), max_length=200, help_text=_("M- or L- and its number, or a brand's name.")
    )
    reason = forms.CharField(label=_("Why"), max_length=1_000)
    proof = forms.CharField(
        label=_("Proof"), max_length=1_000, help_text=_("What was seen: a document's number, a letter's date.")
    )
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
