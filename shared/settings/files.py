"""Settings from files: `SMTP_URL_FILE=/run/secrets/smtp_url` is `SMTP_URL` with that file's content."""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource


class FileSource(PydanticBaseSettingsSource):
    """Reads what `<NAME>_FILE` names; an empty file gives nothing, the variable itself wins."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Content of one setting's file."""
        path = os.environ.get(f"{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() or None if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every setting that has a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}
