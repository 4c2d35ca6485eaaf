"""The rules' trees in the language of each contestant."""
