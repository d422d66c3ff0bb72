"""Measurements, reported and never asserted. Each prints one JSON object with the machine and the settings it ran on."""
