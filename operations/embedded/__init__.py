"""The embedded run: PostgreSQL, nats-server, a mail sink and the services as children of one process."""
