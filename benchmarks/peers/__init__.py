"""The five steps of a letter on two other engines: a DBOS workflow and a chain of Procrastinate jobs.

usage: python -m benchmarks.peers [--peer dbos|procrastinate] [--letters 2000] [--tune] [--database-url URL]
needs: pip install -r requirements/peers.txt

Compared: how many letters a second pass intake, proposal, confirmation, casework with its first clock, and the read
model with six chained ledger entries, when each of the five is durable on its own. The same PostgreSQL server, the same
durability (read with SHOW and printed), the same machine; workers and the sender of letters are separate processes.
At the end every letter must have every effect exactly once, counted by id, and the ledger must verify.

Not compared, each time to the peers' advantage: they neither encrypt nor read the letter, check no policy and no
signature, carry no command and no event over a network, wait for no officer and alert nobody. A step's writes are one
statement in one round trip. Letters are queued in batches of 100 per commit, where each of ours is committed and
answered singly. Latency ends when the last step writes, not when the engine has marked the letter as done.

`p50_ms` and `p99_ms` are taken while all letters wait at once, so they are mostly time in the queue; `paced_*` are
taken with letters sent singly at half the rate found.

psycopg, which both engines use, is under the LGPL. It is a choice of this benchmark only: nothing of ours imports it at
run time, and it is in no other requirements file.
"""
