"""Who is measured: the product, and what somebody might have built instead.

Each reads the same tables, evaluates the same rules over the stored normalised texts, and leaves its violations in the
product's own table.
"""
