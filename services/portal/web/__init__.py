"""The console and the public pages."""
