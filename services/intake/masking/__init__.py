"""Masking: what of the sender's own data stands in the letter's text, by kind of data; what is unsure is asked."""
