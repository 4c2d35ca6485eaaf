"""What a person at the terminal is told."""


class CannotStart(Exception):
    """A sentence for the person who typed the command: what is wrong and what to do."""
