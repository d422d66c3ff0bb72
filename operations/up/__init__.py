"""The house in a terminal: `donthu up` and its board."""
