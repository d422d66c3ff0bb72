"""How the house is run: the `donthu` command, the embedded run, the books, backup, doctor, packaging."""
