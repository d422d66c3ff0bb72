"""The vault: three capsules per petition, each under its own data key; the keys live apart from the capsules."""
