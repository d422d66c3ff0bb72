"""The demo district: sample letters that enter through the real door."""
