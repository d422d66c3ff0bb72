"""How contracts travel: envelope, subjects, who reads and calls whom, who may publish and subscribe."""
