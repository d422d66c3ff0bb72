"""How the house is started: embedded, in containers, and the `donthu` command."""
