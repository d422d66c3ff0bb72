"""Commands and queries, on the asking and on the answering side."""
