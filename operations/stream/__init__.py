"""The stream seen from outside the services: read, made, built again from the outboxes, replayed."""
