"""Takes the difference of two bundles and gives it as a page."""

from collections.abc import Iterator

from generator.records.change import FOLLOWS, KINDS, Change
from generator.records.difference import Difference, by_consequence
from generator.records.presentation import Look
from generator.render._index import foot_of
from generator.render._kit import Masthead
from generator.render._page import environment, write

MOST = 40
"""Changes of one kind that are listed."""


def differences(found: Difference) -> str:
    """Return the page: what an approver must read again, then the changes, the weightiest kind first."""
    old, new = (f"version {each.version} as of {each.as_of.isoformat()}" for each in (found.old, found.new))
    body = (
        environment()
        .get_template("diff.html.j2")
        .render(
            again=by_consequence(found.documents),
            same=[each for each in found.documents if each.same],
            kinds=tuple(_kinds(found)),
        )
    )
    return write(
        "What changed",
        body,
        Masthead(system=found.new.title, line=f"{old} → {new}", notice="", foot=foot_of(found.new)),
        identity=f"{found.old.digest} {found.new.digest}",
        as_of=found.new.as_of.isoformat(),
        tool=found.new.tool,
        look=Look(),
    )


def _kinds(found: Difference) -> Iterator[tuple[str, list[Change], int]]:
    """Yield the title of each kind, the changes of it that are listed, and how many more there are."""
    printed = {change for document in found.documents for change in document.changes}
    for kind, title in KINDS.items():
        every = [change for change in found.changes if change.kind == kind]
        shown = [change for change in every if kind not in FOLLOWS or change in printed][:MOST]
        if every:
            yield title, shown, len(every) - len(shown)
