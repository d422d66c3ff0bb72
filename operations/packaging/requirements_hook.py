"""Hatch metadata hook: the package depends on what requirements/runtime.in names, so the list is kept once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Fills `project.dependencies`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Read the names, without comments and options."""
        lines = (Path(self.root) / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
        names = [line.partition("#")[0].strip() for line in lines]
        metadata["dependencies"] = [name for name in names if name and not name.startswith("-")]
