"""The inspectorate: queues and figures of all it watches."""
