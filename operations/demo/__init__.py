"""The district played on a house of its own, and what is reported of it."""
