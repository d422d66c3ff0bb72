"""intake: the only room where letters are kept and read: registration, receipts, the vault, reading, numbers."""
