"""Takes a JSON value, gives it with twelve significant digits, whole floats still floats, and as text of few lines."""

import json
from typing import Any

DIGITS = 12


def rounded(value: Any) -> Any:
    """Return the value with every float in it rounded."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def text(value: Any, depth: int) -> str:
    """Return the value as JSON: what stands at most `depth` levels deep has a line of its own, the rest shares one."""
    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, list):
        return "[\n" + ",\n".join(text(item, depth - 1) for item in value) + "\n]"
    return "{\n" + ",\n".join(f"{text(key, 0)}: {text(item, depth - 1)}" for key, item in value.items()) + "\n}"
