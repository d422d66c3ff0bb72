"""A district that lives: letters, officials, working days. The demo plays it by HTTP, `life` by pure decisions."""
