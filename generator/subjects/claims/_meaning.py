"""Takes the figures, gives what their names and origins promise and do not keep: limits, ratios, averages, targets."""

from collections.abc import Iterator, Mapping

from generator.records.fact import Fact, Sentence
from generator.results.words import quantities
from generator.stats import rounded, stated
from generator.stats.formula import Binary, Node, parse
from generator.stats.rounded import Rounded, agree, exact
from generator.subjects.claims._book import Book, Checked, Entry, number_fact
from generator.subjects.claims._sums import SPOKEN, difference, kept
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import TOO_LATE

QUANTITY = quantities(__file__)

QUANTILES: Mapping[str, float] = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
IMPLAUSIBLE = 3.0
"""From how many times the highest quantile on the average of the rest is beyond belief."""
NET_OF = ("margin", "attributable_share", "capacity")
NOT_A_RETURN = "Called a return (ROI), but worked out as benefit over cost; the return, (benefit − cost) / cost, is "


def limits(book: Book) -> Iterator[Checked]:
    """Yield a check of every stated limit against the measured figures of the same quantity, and of services."""
    for entry in book.entries.values():
        if not entry.bound or not entry.figure.quantity or entry.figure.change_from:
            continue
        found = [other for other in book.alike(entry) if not other.bound and other.figure.basis != "target"]
        for other in found:
            yield _limit(entry, other)
        if not found:
            yield Checked(
                id=f"{entry.id}.promise",
                kind="promise",
                subject=entry.title,
                where=entry.where,
                status="unverifiable",
                figures=(entry.id,),
                stated=entry.shown,
                recomputed="no measured figure",
                words=(*entry.named, ", but no figure says what was measured."),
            )
    yield from _services(book)


def _limit(entry: Entry, other: Entry) -> Checked:
    left, right = other.number, entry.number
    assert left is not None and right is not None
    right = rounded.in_unit(right, left.unit)
    status = kept(entry.bound, left, right)
    id = f"{other.id}.limit"
    note = "" if status != "watch" else " Only the rounding decides whether it holds."
    return Checked(
        id=id,
        kind="limit",
        subject=other.title,
        where=other.where,
        status=status,
        figures=(entry.id, other.id),
        stated=other.shown,
        recomputed=entry.shown,
        difference=difference(id, left, right, other.unit),
        words=(*other.named, "; promised is ", *entry.named[1:], f" ({entry.title}).", note),
    )


def _services(book: Book) -> Iterator[Checked]:
    """Yield the service levels of the project file that nobody measured."""
    for index, service in enumerate(book.project.settings.services):
        if service.measured is None:
            objective = declared(
                book.project,
                f"claims.services.{service.id}",
                service.objective,
                f"services.{index}.objective",
                unit=service.unit,
                label=service.title,
            )
            yield Checked(
                id=f"services.{service.id}",
                kind="promise",
                subject=service.title,
                where="services",
                status="unverifiable",
                stated=(SPOKEN[service.operator], objective),
                recomputed="no measured figure",
                words=(
                    f"{service.title}: ",
                    SPOKEN[service.operator],
                    objective,
                    " is promised, but no figure says what was measured.",
                ),
            )


def ratios(book: Book) -> Iterator[Checked]:
    """Yield figures that are called a return although the cost was not taken off, one check for all of them."""
    wrong = []
    for entry in book.entries.values():
        node = parse(entry.figure.formula) if entry.figure.formula else None
        if entry.figure.called != "roi" or node is None or entry.number is None or not _benefit_over_cost(node):
            continue
        value = stated.attempt(node, book.values)
        if isinstance(value, Rounded) and agree(entry.number, value):
            wrong.append((entry, value))
    if not wrong:
        return
    words: Sentence = (NOT_A_RETURN,)
    for number, (entry, value) in enumerate(wrong):
        net = number_fact(
            f"claims.{entry.id}.roi",
            rounded.subtract(value, exact(1.0)),
            entry.unit,
            label=f"{entry.title}, as a return",
        )
        words = (*words, "; " if number else "", net, " in place of ", entry.shown, f" ({entry.title})")
    first = wrong[0][0]
    yield Checked(
        id="label_roi",
        kind="label",
        subject="Ratios called a return",
        where=first.where,
        status="conflict",
        figures=tuple(entry.id for entry, _ in wrong),
        stated=first.shown,
        recomputed="benefit–cost ratio",
        words=(*words, "."),
        cause=("A benefit–cost ratio is called ROI.",),
    )


def _benefit_over_cost(node: Node) -> bool:
    if not isinstance(node, Binary) or node.sign != "/":
        return False
    top = node.left
    return not (isinstance(top, Binary) and top.sign == "-" and top.right == node.right)


def benefits(book: Book) -> Iterator[Checked]:
    """Yield benefits that no formula explains, and those that count revenue in full; one check for each kind."""
    unexplained, gross = [], []
    for entry in book.entries.values():
        if entry.figure.called != "benefit":
            continue
        if entry.figure.formula is None:
            unexplained.append(entry)
            continue
        called = {
            book.entries[name].figure.called
            for name in book.reaches(parse(entry.figure.formula))
            if name in book.entries
        }
        if not called & set(NET_OF):
            gross.append(entry)
    if unexplained:
        yield _of_benefits("benefit_basis", unexplained, "watch", " is stated without a basis: no formula gives it.")
    if gross:
        words = " counts revenue in full: no margin, no share of the system's own, no capacity."
        yield _of_benefits("benefit_gross", gross, "conflict", words)


def _of_benefits(id: str, entries: list[Entry], status: str, words: str) -> Checked:
    told: Sentence = ()
    for number, entry in enumerate(entries):
        told = (*told, "; " if number else "", *entry.named)
    return Checked(
        id=id,
        kind="method",
        subject="Revenue counted as benefit" if status == "conflict" else "Basis of a benefit",
        where=entries[0].where,
        status=status,
        figures=tuple(entry.id for entry in entries),
        stated=entries[0].shown,
        words=(*told, " — this" if len(entries) == 1 else " — each of these", words),
    )


def bases(book: Book) -> Iterator[Checked]:
    """Yield targets that a formula counts with although the same quantity was measured, one check a target."""
    for target in book.entries.values():
        if target.figure.basis != "target" or target.bound:
            continue
        alike = [other for other in book.alike(target) if other.figure.basis == "measured" and other.number]
        ahead = [other for other in alike if book.at.is_ahead(other.figure.on)]
        found = [other for other in alike if other not in ahead]
        users = [
            entry
            for entry in book.entries.values()
            if entry.figure.formula
            and entry.id != target.id
            and entry.number is not None
            and _moves(book, entry, target, found)
        ]
        if found and users:
            yield _basis(book, target, found, users, ahead)


def _basis(book: Book, target: Entry, found: list[Entry], users: list[Entry], ahead: list[Entry]) -> Checked:
    """Tell the largest figure that the formula gives, with each measured figure in place of the target."""
    user = max(users, key=lambda entry: (_holds(book, entry), abs(entry.number.value) if entry.number else 0.0))
    node = parse(user.figure.formula or "0")
    words: Sentence = (*user.named, ", worked out with the target ", target.shown)
    overstated: list[Fact] = []
    for other in found:
        value = stated.attempt(node, book.with_number(target.id, other.number)) if other.number else ""
        if not isinstance(value, Rounded):
            continue
        result = number_fact(
            f"claims.{user.id}.with_{other.id}",
            value,
            user.unit,
            label=f"{user.title}, with the measured {other.id}",
        )
        words = (*words, "; with the measured ", other.shown, f" ({other.where or other.title}) it is ", result)
        if user.number is not None and value.value:
            overstated.append(
                derived(
                    QUANTITY("claims.{user}.over_{other}", user=user.id, other=other.id, title=user.title),
                    user.number.value / value.value - 1,
                )
            )
    for number, fact in enumerate(overstated):
        words = (*words, " and " if number else ": it stands at ", fact)
    return Checked(
        id=f"{target.id}.basis",
        kind="basis",
        subject=f"{user.title} rests on a target",
        where=user.where,
        status="conflict",
        figures=(target.id, user.id, *(other.id for other in found)),
        stated=target.shown,
        recomputed=found[0].shown,
        difference=overstated[0] if overstated else (),
        words=(*words, " against measurement" if overstated else "", *_not_counted(ahead), "."),
        cause=("A target stands where a measurement is known.",),
    )


def _not_counted(ahead: list[Entry]) -> Iterator[str | Fact]:
    for other in ahead:
        yield from ("; ", other.shown, f" ({other.where or other.title}) was measured {TOO_LATE}")


def _holds(book: Book, entry: Entry) -> bool:
    value = stated.attempt(parse(entry.figure.formula or "0"), book.values)
    return isinstance(value, Rounded) and entry.number is not None and agree(entry.number, value)


def _moves(book: Book, entry: Entry, target: Entry, found: list[Entry]) -> bool:
    """Return whether the formula of a figure gives something else with the measured figure in place of the target."""
    node, number = parse(entry.figure.formula or "0"), found[0].number if found else None
    now = stated.attempt(node, book.values)
    then = stated.attempt(node, book.with_number(target.id, number)) if number else now
    return isinstance(now, Rounded) and isinstance(then, Rounded) and now.value != then.value


def averages(book: Book) -> Iterator[Checked]:
    """Yield averages above a quantile of the same quantity, with what the slowest rest would have to average."""
    for mean in book.entries.values():
        if mean.figure.called != "mean" or not mean.figure.quantity or mean.number is None:
            continue
        found = [
            (QUANTILES[other.figure.called or ""], other)
            for other in book.entries.values()
            if other.figure.called in QUANTILES and other.figure.quantity == mean.figure.quantity and other.number
        ]
        known = sorted(found, key=lambda item: item[0])
        over = [other for _, other in known if other.number and mean.number.low > _like(other, mean).value]
        if known:
            yield _average(mean, known, over)


def _like(other: Entry, mean: Entry) -> Rounded:
    assert other.number is not None and mean.number is not None
    return rounded.in_unit(other.number, mean.number.unit)


def _average(mean: Entry, known: list[tuple[float, Entry]], over: list[Entry]) -> Checked:
    """Below each quantile nobody is slower than it: what is left of the average falls to the slowest rest."""
    assert mean.number is not None
    words: Sentence = (*mean.named, "; ", *known[0][1].named)
    left, below, worst, facts = mean.number.value, 0.0, 0.0, []
    for share, other in known:
        quantile = _like(other, mean).value
        left -= (share - below) * quantile
        below = share
        rest = left / (1.0 - share)
        fact = number_fact(
            f"claims.{mean.id}.rest_above_{other.figure.called}",
            exact(rest, mean.number.unit),
            mean.unit,
            label=f"Average above {other.figure.called}",
            method="(mean − what lies below the quantiles) / the rest",
        )
        slowest = derived(f"claims.{mean.id}.share_above_{other.figure.called}", 1.0 - share, unit="share")
        facts.append((slowest, fact, other))
        worst = max(worst, rest / quantile)
    for slowest, fact, other in facts if over else ():
        words = (
            *words,
            "; with ",
            *other.named[1:],
            f" ({other.title}) the slowest ",
            slowest,
            " would have to average at least ",
            fact,
        )
    status = "ok" if not over else "conflict" if worst >= IMPLAUSIBLE else "watch"
    return Checked(
        id=f"{mean.id}.average",
        kind="average",
        subject=mean.title,
        where=mean.where,
        status=status,
        figures=(mean.id, *(other.id for _, other in known)),
        stated=mean.shown,
        recomputed=known[0][1].shown,
        words=(*words, "."),
        cause=("An average above a high quantile is implausible.",) if over else (),
    )


def responses(book: Book) -> Iterator[Checked]:
    """Yield promised response times that are shorter than the interval at which anybody looks."""
    for answer in book.entries.values():
        if answer.figure.called != "response_time" or not answer.figure.quantity or answer.number is None:
            continue
        for look in book.entries.values():
            same = look.figure.quantity == answer.figure.quantity
            if look.figure.called == "evaluation_interval" and same and look.number is not None:
                late = look.number.value > rounded.in_unit(answer.number, look.number.unit).value
                yield Checked(
                    id=f"{answer.id}.response",
                    kind="response",
                    subject=answer.title,
                    where=answer.where,
                    status="conflict" if late else "ok",
                    figures=(answer.id, look.id),
                    stated=answer.shown,
                    recomputed=look.shown,
                    words=(
                        *answer.named,
                        "; it is looked at every ",
                        look.shown,
                        f" ({look.title})",
                        ": detection alone takes up to that long, the promised time is void." if late else ".",
                    ),
                )
