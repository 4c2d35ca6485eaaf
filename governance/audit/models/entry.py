"""One line of the log: who did what to which subject, and when."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Func, Q

from governance.audit.models.append_only import append_only

AUTOMATION = "automation"


class Entry(models.Model):
    """Written by the domain call in its own transaction, so an entry exists exactly when its act does."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(
        max_length=120, help_text="What the log shows: a pseudonym, an API key's name, automation."
    )
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject_ref = models.CharField(max_length=200, blank=True, default="")
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    # Where the entry stands among transactions; seals cut the log by these two. A dump restored into another
    # cluster starts counting transactions again, and the cluster's own number keeps the two counts apart.
    txid = models.BigIntegerField(
        editable=False,
        db_default=Func(template="pg_current_xact_id()::text::bigint", output_field=models.BigIntegerField()),
    )
    cluster = models.BigIntegerField(
        editable=False,
        db_default=Func(template="(pg_control_system()).system_identifier", output_field=models.BigIntegerField()),
    )

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.CheckConstraint(condition=Q(verb__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="audit_verb_dotted"),
            models.CheckConstraint(condition=~Q(actor_label=""), name="audit_actor_named"),
            models.CheckConstraint(condition=~Q(subject_kind=""), name="audit_subject_named"),
        )
        indexes = (
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["subject_kind", "subject_id", "at", "id"], name="audit_by_subject"),
            models.Index(fields=["subject_ref"], name="audit_by_ref", condition=~Q(subject_ref="")),
            models.Index(fields=["actor", "at", "id"], name="audit_by_actor"),
            models.Index(fields=["verb", "at", "id"], name="audit_by_verb"),
            models.Index(fields=["cluster", "txid", "id"], name="audit_by_transaction"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_label} {self.verb}"
