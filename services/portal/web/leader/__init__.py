"""The leader, on a phone."""
