"""The letters of the demo, each with what it is and what becomes of it."""
