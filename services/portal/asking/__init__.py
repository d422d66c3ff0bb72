"""What is asked of the house, by pages and programs alike: who asks, which case, which act."""
