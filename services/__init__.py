"""Independent services that meet only on NATS."""
