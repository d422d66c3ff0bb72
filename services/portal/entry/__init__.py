"""Who comes in: accounts, sessions, limits, and what is kept of a sheet whose session ended."""
