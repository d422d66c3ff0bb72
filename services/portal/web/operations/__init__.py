"""Whoever runs the house: its counters, the mails and clock of a demo."""
