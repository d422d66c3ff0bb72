"""Events and commands: the only thing the services have in common.

One module per emitting service holds the events it emits and the commands and queries it answers. Everything is a
closed vocabulary (ids, enums, codes, numbers, dates, offsets, own document numbers, keyed hashes), see `vocabulary`.
"""
