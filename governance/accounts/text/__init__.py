"""Words for what the log holds."""
