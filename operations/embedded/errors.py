"""The one error of the embedded run."""

from __future__ import annotations


class LocalRunError(Exception):
    """The embedded run cannot go on; `code` is a closed word, `advice` tells a person what to do next."""

    def __init__(self, code: str, advice: str) -> None:
        super().__init__(f"{code}: {advice}")
        self.code = code
        self.advice = advice
