"""What the check takes and gives. What it gives is documented here and made in `check_answers`; a test holds the two together."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from enforcement.enums import Clearance, ClosedBecause
from governance.policies.enums import Measure, Severity
from listings.api.serializers import ListingIn, NoteOut

MOST = 100


class DocumentIn(ListingIn):
    """A listing in the neutral format with its identifiers."""

    merchant_id = serializers.CharField(max_length=120, help_text="The marketplace's key of a merchant that is known.")
    listing_id = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="The marketplace's key, if the listing has one yet."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if (values.get("store") or self.context.get("store")) and not values.get("listing_id"):
            raise serializers.ValidationError({"listing_id": _("A listing that is to be stored needs an identifier.")})
        return values


class OptionsIn(serializers.Serializer):
    store = serializers.BooleanField(
        default=False,
        help_text="Write what may go live in each of its markets, as if it had been pushed. By default nothing is stored.",
    )
    reasons_in = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=60,
        help_text="Language of the reasons, such as de; else Accept-Language.",
    )


class CheckOneIn(OptionsIn, DocumentIn):
    """One listing."""


@extend_schema_field(DocumentIn(many=True))
class Documents(serializers.ListField):
    """Not looked into here: each is checked by itself, so that one that is wrong leaves the others alone."""


class CheckManyIn(OptionsIn):
    """Up to 100 listings, each answered in its place."""

    listings = Documents(min_length=1, max_length=MOST)


class MarketOut(serializers.Serializer):
    market = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Clearance.choices)
    policies = serializers.ListField(child=serializers.CharField(), help_text="Those of the reasons that hold here.")


class ValueOut(serializers.Serializer):
    fact = serializers.CharField(help_text="As rules name it: listing.price, listing.attr.voltage.")
    value = serializers.JSONField(allow_null=True, help_text="As it was seen; null where it is not given.")
    unit = serializers.CharField(help_text="EUR, V, days; empty where it has none.")


class ConditionOut(serializers.Serializer):
    """A condition of the rule that held."""

    text = serializers.CharField()
    value = serializers.CharField(help_text="What was seen, as a person reads it.")
    correctable = serializers.BooleanField(help_text="Whether the merchant can change it.")
    facts = ValueOut(many=True)


class MatchOut(serializers.Serializer):
    """A word or phrase that matched. Places count the characters (code points) of the zone as it was sent, trimmed."""

    zone = serializers.CharField(help_text="title, description or attribute")
    key = serializers.CharField(help_text="The attribute's key.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    term_list = serializers.CharField(help_text="Of a term list; else empty.")
    term = serializers.CharField(help_text="The list's term that it is.")
    pattern = serializers.CharField(help_text="Of a pattern; else empty.")


class PolicyRefOut(serializers.Serializer):
    policy = serializers.CharField()
    number = serializers.CharField(help_text="P-0012, as the staff knows it.")
    version = serializers.IntegerField()


class ReasonOut(PolicyRefOut):
    """A policy that holds for the listing."""

    mode = serializers.CharField(help_text="review or enforce")
    severity = serializers.ChoiceField(choices=Severity.choices)
    legal_basis = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Clearance.choices, help_text="What this policy alone comes to.")
    measure = serializers.ChoiceField(
        choices=Measure.choices, allow_null=True, help_text="What it would take by itself; null where a person decides."
    )
    minimum_age = serializers.IntegerField(allow_null=True, help_text="Of an age gate.")
    markets = serializers.ListField(child=serializers.CharField(), help_text="Where it holds.")
    language = serializers.CharField(help_text="Of title and reason.")
    title = serializers.CharField()
    reason = serializers.CharField(help_text="As a statement of reasons would put it.")
    wording_language = serializers.CharField(help_text="Of the conditions.")
    conditions = ConditionOut(many=True)
    matches = MatchOut(many=True)
    corrections_language = serializers.CharField()
    corrections = serializers.ListField(
        child=serializers.CharField(),
        help_text="What would cure it; none if nothing would.",
    )


class LackingOut(serializers.Serializer):
    fact = serializers.CharField()
    name = serializers.CharField(help_text="For a reader.")
    correctable = serializers.BooleanField(help_text="Whether the merchant can give it.")


class UndecidedOut(PolicyRefOut):
    """A policy that would need facts which are not there. It weighs nothing."""

    title = serializers.CharField()
    markets = serializers.ListField(child=serializers.CharField())
    missing = LackingOut(many=True)


class SetAsideOut(PolicyRefOut):
    """A policy that holds and weighs nothing."""

    because = serializers.ChoiceField(
        choices=[
            (each.value, each.label)
            for each in (ClosedBecause.WAIVED, ClosedBecause.DISMISSED, ClosedBecause.OVERTURNED)
        ],
        help_text="It is waived; or a moderator, or an appeal, has found this very content fine.",
    )


class SuspendedOut(serializers.Serializer):
    since = serializers.DateTimeField()
    reason = serializers.CharField()


class LimitedOut(serializers.Serializer):
    a_day = serializers.IntegerField(help_text="New listings that the merchant may offer in a day (UTC).")
    reason = serializers.CharField()


class OfferedAgainOut(serializers.Serializer):
    policy = serializers.CharField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    decision = serializers.CharField(
        allow_null=True, help_text="The decision that forbids it; null where it is about a linked merchant."
    )
    markets = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()


class StoredOut(serializers.Serializer):
    id = serializers.IntegerField(help_text="Our number of the listing.")
    version = serializers.IntegerField()
    created = serializers.BooleanField()


class CheckOut(serializers.Serializer):
    """The answer for one listing."""

    merchant_id = serializers.CharField()
    listing_id = serializers.CharField(allow_null=True, help_text="As it was sent; null if it has none.")
    verdict = serializers.ChoiceField(choices=Clearance.choices, help_text="The strictest of its markets'.")
    markets = MarketOut(many=True)
    suspended = SuspendedOut(
        allow_null=True, help_text="The merchant may offer nothing new, and this would be new; else null."
    )
    limited = LimitedOut(
        allow_null=True, help_text="The day's new listings are used up, and this would be one; else null."
    )
    offered_again = OfferedAgainOut(
        allow_null=True, help_text="The same product was removed before and may not come back; else null."
    )
    reasons = ReasonOut(many=True)
    undecided = UndecidedOut(many=True)
    set_aside = SetAsideOut(many=True)
    notes = NoteOut(many=True, help_text="Values that cannot be kept and were left out, as in a push.")
    stored = StoredOut(allow_null=True, help_text="Null: nothing was stored.")


class CheckResultOut(CheckOut):
    """`index` is the listing's place in the request."""

    index = serializers.IntegerField()


@extend_schema_field({"$ref": "#/components/schemas/Problem"})
class ProblemField(serializers.DictField):
    """What every refusal of the API looks like."""


class CheckFailedOut(serializers.Serializer):
    """One that cannot be read."""

    index = serializers.IntegerField()
    error = ProblemField(help_text="A problem, as it would be answered for this listing alone.")


@extend_schema_field(
    PolymorphicProxySerializer(
        "CheckResultOrError", [CheckResultOut, CheckFailedOut], resource_type_field_name=None, many=True
    )
)
class Results(serializers.ListField):
    """One for each listing, in its place."""


class CheckManyOut(serializers.Serializer):
    results = Results()
