"""What only the containers need: image, secrets, health check, and the demo's clock and letters."""
