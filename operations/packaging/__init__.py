"""What builds and installs the package."""
