"""The citizen: where a letter is."""
