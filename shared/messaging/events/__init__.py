"""Events on their way in: read in order, applied in batches, held when they cannot be digested."""
