"""A complaint of the YAML parser → an `InputError` that says what to change."""

import re
from typing import Any

import yaml

from generator.errors import InputError

GENERAL = "look at this line and the one before: a quote, a bracket, a colon or the indentation is wrong"
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML takes for the end of a line."""
KNOWN = (
    (
        "cannot start any token",
        "this character cannot begin a value",
        "indent with spaces, never with tabs, and put a value that begins with @, ` or % in quotes",
    ),
    (
        "mapping values are not allowed",
        "a second colon, or a key indented too far, stands here",
        "put a text that contains `: ` in quotes, and begin keys of one mapping in the same column",
    ),
    ("expected comment or line break", "`>` begins a folded text here", "put the sign in quotes: '>='"),
    ("chomping or indentation", "`>` begins a folded text here", "put the sign in quotes: '>='"),
    ("unexpected end of stream", "a quote is opened and never closed", "close the quote"),
    (
        "escape character",
        "a backslash in double quotes begins an escape that does not exist",
        "use single quotes, in which a backslash is a backslash",
    ),
    (
        "escape sequence",
        "a backslash in double quotes begins an escape that does not exist",
        "use single quotes, in which a backslash is a backslash",
    ),
    ("',' or ']'", "a list opened with `[` is not closed", "close it with `]`, or put a comma between items"),
    (
        "',' or '}'",
        "a mapping opened with `{` is not closed",
        "close it with `}`, or put a text that begins with `{` in quotes",
    ),
    (
        "'-' indicator",
        "a list goes on here with something that is not an item",
        "begin each item with `- `, and keys beside the list in the column of their own mapping",
    ),
    ("expected key", "a key was expected here", "begin keys of one mapping in the same column"),
    ("expected <block end>", "a key was expected here", "begin keys of one mapping in the same column"),
    ("expected ':'", "a key without a colon", "write `key: value`, with a space behind the colon"),
    ("incompatible", "the file claims another version of YAML", "remove the line that begins with %YAML"),
)


def explain(error: Exception, name: str, text: str) -> InputError:
    """Return the error with its place in the text and, for the usual slips, their cure."""
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    lines = BREAK.split(text)
    # The end of a text without a last line break counts as a line of its own in libyaml, but not in an editor.
    beyond = mark is None or mark.line >= len(lines)
    line, column = (len(lines), len(lines[-1]) + 1) if beyond else (mark.line + 1, mark.column + 1)
    where = f"{name}:{line}:{column}"
    said = str(getattr(error, "problem", None) or "") if isinstance(error, yaml.YAMLError) else ""
    for fragment, what, hint in KNOWN:
        if fragment in said:
            return InputError(f"not readable as YAML: {what}", where=where, hint=hint)
    return InputError(f"not readable as YAML{f': {said}' if said else ''}", where=where, hint=GENERAL)
