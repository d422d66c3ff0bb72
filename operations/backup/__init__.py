"""Backup, journal and restore. What is in a backup, in which order it is taken, and what a restore must prove."""
