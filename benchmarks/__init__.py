"""Measurements, reported and never asserted. Each prints one JSON object with what it ran on."""
