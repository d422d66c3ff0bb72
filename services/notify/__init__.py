"""notify: alerts to officials, their delivery and acknowledgement."""
