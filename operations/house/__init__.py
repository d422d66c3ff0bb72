"""The running house: its parts under one roof, migrate, the process of a service, the virtual clock."""
