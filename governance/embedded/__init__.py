"""PostgreSQL and Valkey for a machine that has neither: private, unprivileged, reached by unix sockets only."""
