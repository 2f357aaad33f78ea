"""A plain scalar as written → the value it stands for, by the core schema of YAML 1.2.

Unlike in YAML 1.1, `no`, `on`, `12:30`, `1_000` and `2026-01-31` are text: Norway's code is no truth value.
"""

import re

Value = str | int | float | bool | None

CONSTANTS: dict[str, Value] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
OTHER_BASE = re.compile(r"0(?:o[0-7]{1,20}|x[0-9a-fA-F]{1,15})")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
NOT_A_NUMBER = {".nan", ".NaN", ".NAN"}


def resolve(text: str) -> Value:
    """Return what an unquoted scalar means: nothing, a truth value, a number, or the text itself."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if DECIMAL.fullmatch(text):
        return float(text)
    if infinite := INFINITE.fullmatch(text):
        return float(f"{infinite[1]}inf")
    return float("nan") if text in NOT_A_NUMBER else text
