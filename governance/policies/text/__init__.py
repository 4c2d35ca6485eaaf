"""How the words of policies are read."""
