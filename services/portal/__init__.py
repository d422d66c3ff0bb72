"""portal: the only HTTP door. It owns the read model, accounts and sessions; every decision is another service's."""
