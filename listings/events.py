"""Named events. Receivers get keys only; what an event misses, beat finds."""

from django.dispatch import Signal

listings_changed = Signal()
"""After commit: `listing_ids` (created or changed) and `mark`, the highest change number among them."""

listings_replaced = Signal()
"""Inside the transaction: `listing_ids` that were there before and differ now, and `at`. Whoever must look again owes it there."""

metrics_imported = Signal()
"""After the last batch: `run_id` of an import of daily metrics; the windows are to be made anew."""

import_queued = Signal()
"""Inside the transaction: `run_id` of an import that waits for a worker."""

parked_rows_wait = Signal()
"""Inside the transaction: `run_id` of an import whose parked rows may go in now."""

visibility_changed = Signal()
"""Inside the transaction: `changes`, what shoppers meet otherwise than before, and `at`. Whoever must tell it on owes it there."""

rights_changed = Signal()
"""Inside the transaction: `merchant_id`, the `rights` as they are now, and `at`."""

photos_owed = Signal()
"""Inside the transaction: photos of listings are to be fetched; somebody waits for them."""
