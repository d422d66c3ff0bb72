"""What tests are made of: cases, letters, alerts, browsers. Nobody imports from a test module."""
