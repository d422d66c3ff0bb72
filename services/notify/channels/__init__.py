"""Ways out of the house to an official. Each takes a message or says why not."""
