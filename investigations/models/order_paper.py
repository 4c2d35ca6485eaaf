"""What belongs to an order: files that came, checks of its form, information that was given, letters that are owed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from governance.audit.models.append_only import append_only
from investigations.enums import OrderElement, OrderLetterKind
from investigations.models.order import AuthorityOrder, OrderItem
from listings.models import Merchant


class OrderFile(models.Model):
    """What came with an order, kept under the hash of its content."""

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order", "sha256"], name="one_order_file_per_content"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return self.name


class OrderCheck(models.Model):
    """A person's reading of the form of an order: what of the law's list it lacks, and in which words that is asked for."""

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="checks")
    missing = ArrayField(models.CharField(max_length=9, choices=OrderElement.choices), default=list)
    note = models.TextField(blank=True)
    goes_on = models.BooleanField(help_text="It is carried out, whatever is missing.")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.order_id}: {len(self.missing)}"


class OrderHandover(models.Model):
    """Information that was given upon an order (DSA Art. 10): what, to whom, when. Of the file its hash is kept, not its content."""

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="handovers")
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="handovers")
    what = models.TextField()
    to_whom = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    file_name = models.CharField(max_length=255, blank=True)
    file_size = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(what="") & ~Q(to_whom=""), name="order_handover_says_what_and_whom"),
        )
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.to_whom}"


class OrderLetter(models.Model):
    """The outbox of letters about an order, to the authority or (`merchant`) to whom it concerns: a row in the transaction of the verb.

    `content` are its blocks, from which text and PDF are made alike. Where there is no address a person sends it and says `how`.
    """

    order = models.ForeignKey(AuthorityOrder, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=8, choices=OrderLetterKind.choices)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, blank=True, related_name="authority_order_letters"
    )
    to = models.EmailField(blank=True)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    content = models.JSONField()
    text = models.TextField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the PDF as it was sent.")
    how = models.CharField(max_length=200, blank=True, help_text="How a person sent it.")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=OrderLetterKind.MERCHANT, merchant__isnull=False)
                | (~Q(kind=OrderLetterKind.MERCHANT) & Q(merchant__isnull=True)),
                name="order_letter_to_one_side",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True) & ~Q(to=""),
                name="order_letter_owed",
            ),
        )

    def __str__(self) -> str:
        return self.subject
