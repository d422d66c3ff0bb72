"""The line to NATS and what a loop does when it, or PostgreSQL, is away."""
