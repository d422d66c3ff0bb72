"""Signing in and out, the language."""
