"""Reading and writing the event stream, commands and queries. Effects are exactly once inside the house.

`connection` below all; `outbox` sends what a transaction left; `events` reads the stream and holds what cannot be
digested; `commands` answers named persons; `host` joins them.
"""
