"""Named events. Receivers get keys only; what an event misses, beat finds."""

from django.dispatch import Signal

check_asked = Signal()
"""Inside the transaction: `check_id` of a check that waits for a worker."""
