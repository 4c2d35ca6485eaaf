"""`./run bench`: a large made-up catalogue, and how fast the product reads it beside the honest alternatives."""

FEWEST_ROUNDS = 5
