"""Takes a command of the runbook as it is written, gives its faults in a shell, and that of one alert."""

import math
import re
import shlex

from generator.records.project import Project, Step

QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.")
BACKGROUND = re.compile(r"(?<![&>|])&(?![&>\s]|$)")
PATTERN = re.compile(r"\bhttps?://\S*[?*\[]")
TOGGLES = "it goes back to whatever was before, be it the version just left"
ONCE = (
    (
        re.compile(r"\brollout\s+undo\b(?!.*--to-revision)"),
        TOGGLES,
    ),
    (re.compile(r"\bhelm\s+rollback\s+[\w-]+(?!\s+\d)"), TOGGLES),
    (re.compile(r"^(?!.*\bdelete\s+job\b).*\bcreate\s+job\s+[\w-]+(?=\s|$)"), "a job of that name is there already"),
)
"""Commands that do something else, or nothing, when they are typed a second time."""
RULE = re.compile(r"\$\{RULE(:\?[^}]*)?\}")
"""Where the command that proves an alert has the id of its rule."""
ASKS = 'sed -n "/^-- ${QUERY:?set it first}: /,/;\\$/p" queries.sql | '
"""Cuts the statement of one name out of all."""
SLOT = re.compile(r"<[a-z][a-z_ -]*>", re.IGNORECASE)


def faults(command: str) -> tuple[str, ...]:
    """Return what is wrong with a command for a POSIX shell, in words; nothing where it reads as it shows."""
    try:
        shlex.split(command)
    except ValueError:
        return ("a quotation mark is not closed",)
    bare = QUOTED.sub("_", command)
    found = []
    if BACKGROUND.search(bare):
        found.append("an & outside quotation marks cuts it in two and runs the first part in the background")
    elif PATTERN.search(bare):
        found.append("an address with ?, * or [ outside quotation marks is taken for a pattern of file names")
    if SLOT.search(bare):
        found.append("a slot in angle brackets has not been filled in")
    found += [f"typed a second time, {why}" for pattern, why in ONCE if pattern.search(bare)]
    return tuple(found)


def proof_of(rule: str, project: Project) -> tuple[str, str]:
    """Return what is typed so that the command that proves alerts asks for this rule, and its letter; else nothing."""
    for index, one in enumerate(project.settings.rollback.prechecks):
        if one.proves == "alert" and RULE.search(one.command or ""):
            return f"RULE={shlex.quote(rule)}", chr(ord("A") + index)
    return "", ""


def asking(project: Project) -> str | None:
    """Return what asks one statement of `queries.sql`, where it is declared with which client."""
    client = project.settings.alerts.queries_with
    return f"{ASKS}{client}" if client else None


def shown_minutes(step: Step) -> float | None:
    """Return the minutes of a step in tenths, rounded up, so that those printed add up to the sum that is printed."""
    return None if step.minutes is None else math.ceil(10 * step.minutes - 1e-9) / 10
