"""The block to sign: how its fields are called, one line of them for each approver."""

from __future__ import annotations

import re

LOCKED = ("decision", "conditions", "date")
"""Fields of a line that its signature locks."""
SIGNATURE = re.compile("signoff-([0-9]+)-signature")


def field_name(line: int | str, field: str) -> str:
    """Return the name of a field in the block to sign; lines count from one."""
    return f"signoff-{line}-{field}"
