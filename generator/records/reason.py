"""Why something is missing, in words, with the keys of the project file that would bring it."""

import re

UNDECLARED = "not declared"
"""How the reason begins that a text need not repeat: which key is meant stands in the one list of what is missing."""
PLACE = re.compile(r"(?<=[a-z_]\.)\d+(?=\.[a-z_])")
"""The number of an item in the path of a key: `services.0.measured`."""


class Reason(str):
    """A reason as text; `asks` are the keys that would take it away, none where nothing that is declared would."""

    __slots__ = ("asks",)
    asks: tuple[str, ...]

    def __new__(cls, text: str, asks: tuple[str, ...] = ()) -> "Reason":
        """Return the text with its keys."""
        made = super().__new__(cls, text)
        made.asks = asks
        return made


def lacking(why: str, *asks: str, file: str = "") -> str:
    """Return the reason that ends with its keys in brackets, behind the name of the project file where it is given."""
    return Reason(f"{why} ({f'{file}: ' if file else ''}{listed(asks)})", asks)


def asked(reason: str) -> tuple[str, ...]:
    """Return the keys that would take a reason away."""
    return reason.asks if isinstance(reason, Reason) else ()


def listed(asks: tuple[str, ...]) -> str:
    """Return keys as a text, each without what the first one says: `business.effect, effect_target`."""
    heads = asks and (f"{asks[0]}.", f"{asks[0].rpartition('.')[0]}.")
    shorter = (next((key.removeprefix(head) for head in heads if key.startswith(head)), key) for key in asks[1:])
    return ", ".join((*asks[:1], *shorter))


def general(reason: str) -> str:
    """Return a reason or key with `*` for the item of a list, so that the same reason of many items is one."""
    return PLACE.sub("*", reason)
