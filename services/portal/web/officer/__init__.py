"""The officer: home, cases, confirming, acts, alerts."""
