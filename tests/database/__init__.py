"""PostgreSQL as Django knows it; only emptying the tables between tests is allowed what the product refuses."""
