"""Pure cryptography: actor assertions, sealed fields, the vault's envelope, receipt codes, the secrets folder."""
