"""The JSON API of programs."""
