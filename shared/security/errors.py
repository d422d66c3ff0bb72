"""One base for every refusal of this package: a closed code, never the value that was refused."""


class SecurityError(Exception):
    """A refusal that says only its `code` (lowercase_snake), so that it can be logged and answered as it is."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
