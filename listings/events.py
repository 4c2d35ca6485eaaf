"""Named events. Receivers get keys only; what an event misses, beat finds."""

from django.dispatch import Signal

listings_changed = Signal()
"""After commit: `listing_ids` (created or changed) and `mark`, the highest change number among them."""

metrics_changed = Signal()
"""After commit: `first_date` and `last_date` of the daily metrics written."""

import_queued = Signal()
"""Inside the transaction: `run_id` of an import that waits for a worker."""
