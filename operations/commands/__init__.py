"""The verbs of the `donthu` command, one module per group."""
