"""Reading and writing the event stream, commands and queries. Effects are exactly once inside the house.

`reader` reads the stream in order and applies batches in one transaction; `relay` publishes what a transaction left in
the outbox; `held` keeps events that could not be digested; `commands` answers named persons; `runtime` joins them.
"""
