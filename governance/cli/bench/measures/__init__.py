"""What `./run bench` can measure, a module each."""
