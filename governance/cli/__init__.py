"""The command line behind `./run`: environment, services, processes."""
