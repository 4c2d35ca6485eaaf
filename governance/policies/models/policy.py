"""A policy, its immutable versions with their texts, and who approved them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from governance.audit.models.append_only import append_only, refuse
from governance.policies.enums import ApprovalOutcome, Ground, Matter, Measure, Mode, Severity, Subject, VersionState
from listings.enums import Label


class Policy(models.Model):
    """A named commitment. What it says and does stands in its versions; staff see it as P- and its number."""

    slug = models.SlugField(max_length=80, unique=True)
    family = models.CharField(max_length=60, help_text="Where it stands in the list: toys, cosmetics, all.")
    subject = models.CharField(max_length=10, choices=Subject.choices, default=Subject.LISTINGS)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.OFF)
    live = models.ForeignKey(
        "PolicyVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Version in force.",
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "policies"
        constraints = (
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="policy_mode_known"),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="policy_subject_known"),
            models.CheckConstraint(
                condition=Q(mode=Mode.OFF) | Q(live__isnull=False), name="policy_acts_only_when_live"
            ),
        )
        indexes = (models.Index(fields=["family", "slug"], name="policy_by_family"),)

    def __str__(self) -> str:
        return self.slug

    @property
    def number(self) -> str:
        """What staff call it."""
        return f"P-{self.pk:04d}"


class PolicyVersion(models.Model):
    """Text, rule, scope and measures. Immutable once submitted: only its state and successor move.

    `categories` empty means all. `jurisdictions` are country codes. `brake_share` is the share of a market's merchants
    above which a sweep holds the policy and asks a person.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    ground = models.CharField(max_length=5, choices=Ground.choices)
    legal_basis = models.CharField(max_length=400)
    source_url = models.URLField(max_length=500, blank=True)
    evidence = models.CharField(max_length=60, blank=True, help_text="How well the legal basis was checked.")
    confirm_with_counsel = models.BooleanField(default=False)
    jurisdictions = ArrayField(models.CharField(max_length=2))
    categories = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    rule = models.TextField()
    measures = ArrayField(models.CharField(max_length=24, choices=Measure.choices))
    default_measure = models.CharField(max_length=24, choices=Measure.choices)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    label = models.CharField(
        max_length=20, choices=Label.choices, blank=True, help_text="What a labelled listing says."
    )
    listings_a_day = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="New offers a day where they are limited."
    )
    transparency_category = models.CharField(
        max_length=80,
        choices=Matter.choices,
        blank=True,
        help_text="Its matter in the EU's Transparency Database; empty as its ground and family say.",
    )
    transparency_keywords = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    transparency_other = models.CharField(max_length=500, blank=True, help_text="What KEYWORD_OTHER stands for.")
    points = models.PositiveSmallIntegerField(default=0)
    cure_days = models.PositiveSmallIntegerField(default=0, help_text="Working days to correct.")
    brake_share = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    effective_from = models.DateField(null=True, blank=True)
    effective_until = models.DateField(null=True, blank=True)
    change_note = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="one_policy_version_per_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state=VersionState.LIVE), name="one_live_version_per_policy"
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]),
                name="one_version_in_the_making",
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="policy_version_state_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="policy_version_severity_known"),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="policy_version_ground_known"),
            models.CheckConstraint(
                condition=Q(measures__contained_by=list(Measure.values)), name="policy_version_measures_known"
            ),
            models.CheckConstraint(
                condition=Q(measures__contains=[F("default_measure")]), name="policy_version_default_permitted"
            ),
            models.CheckConstraint(
                condition=~Q(measures__contains=[Measure.AGE_GATE]) | Q(minimum_age__isnull=False),
                name="policy_version_age_gate_has_an_age",
            ),
            models.CheckConstraint(
                condition=~Q(measures__contains=[Measure.LABEL]) | ~Q(label=""), name="policy_version_label_has_words"
            ),
            models.CheckConstraint(
                condition=~Q(measures__contains=[Measure.LIMIT_NEW_LISTINGS]) | Q(listings_a_day__gt=0),
                name="policy_version_limit_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(transparency_category__in=["", *Matter.values]), name="policy_version_matter_known"
            ),
            models.CheckConstraint(
                condition=~Q(transparency_category="") | Q(transparency_keywords=[], transparency_other=""),
                name="policy_version_keywords_have_a_matter",
            ),
            models.CheckConstraint(
                condition=Q(brake_share__gt=0, brake_share__lte=1), name="policy_version_brake_is_a_share"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="submitted_is_fixed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(old__state=VersionState.DRAFT),
                func="""
                    IF to_jsonb(NEW) - 'state' - 'superseded_by_id' IS DISTINCT FROM
                       to_jsonb(OLD) - 'state' - 'superseded_by_id' THEN
                        RAISE EXCEPTION 'a submitted policy version is fixed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="only_drafts_vanish",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=VersionState.DRAFT),
            ),
            refuse(pgtrigger.Truncate, name="kept_whole"),
        )

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"


class PolicyText(models.Model):
    """The version's words in one language. English is always there; a missing language falls back to it, saying so."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    summary = models.TextField(help_text="For merchants: what may not be sold, or what an offer must show.")
    guidance = models.TextField(blank=True, help_text="For moderators: what counts, what does not, when to ask.")
    statement = models.TextField(help_text="In the statement of reasons: the ground, in words.")
    correction = models.TextField(blank=True, help_text="How to correct it; a line per step.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "language"], name="one_policy_text_per_language"),)
        triggers = (
            pgtrigger.Trigger(
                name="fixed_with_its_version",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("held", "BOOLEAN")],
                func="""
                    SELECT state <> 'draft' INTO held FROM policies_policyversion
                        WHERE id = COALESCE(NEW.version_id, OLD.version_id);
                    IF held THEN
                        RAISE EXCEPTION 'texts of a submitted policy version are fixed';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.title


class PolicyVersionMove(models.Model):
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=VersionState.choices)
    to_state = models.CharField(max_length=10, choices=VersionState.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.version_id}: {self.from_state} → {self.to_state}"


class PolicyMove(models.Model):
    """A change of mode."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="moves")
    from_mode = models.CharField(max_length=8, choices=Mode.choices)
    to_mode = models.CharField(max_length=8, choices=Mode.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.from_mode} → {self.to_mode}"


class Approval(models.Model):
    """One function's word on a submitted version."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="approvals")
    function = models.CharField(max_length=20)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=ApprovalOutcome.choices)
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=ApprovalOutcome.values), name="approval_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome=ApprovalOutcome.OBJECTED) | ~Q(comment=""), name="objection_has_a_reason"
            ),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.function}: {self.outcome}"
