"""escalation: statutory clocks, warnings, breaches and the ladder."""
