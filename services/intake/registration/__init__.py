"""What registries do: register letters, open boxes, issue slips, separate mixed letters; each in one transaction."""
