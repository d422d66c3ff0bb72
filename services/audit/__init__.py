"""audit: one hash-chained ledger of every act and every protected read, signed heads, offline verifier."""
