"""Settings that are accepted."""

VERIFIED = "?sslmode=verify-full&sslrootcert=/etc/donthu/ca.pem"
GOOD = {"database_url": f"postgresql://postgres/donthu{VERIFIED}", "nats_url": "tls://nats:4222"}
