"""Long or timed exercises at full size. Each module here is one: its docstring's first line says what it shows,
`run(arguments) -> exit code` prints the figures."""
