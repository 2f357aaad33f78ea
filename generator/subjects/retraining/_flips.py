"""Takes the options with their costs, gives what would be recommended if runs or ageing cost more or less."""

from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import number_of
from generator.subjects.retraining._ageing import Ageing
from generator.subjects.retraining._options import Costed
from generator.subjects.retraining._recommend import AS_IS, CASES, recommend, yearly

QUANTITY, TABLE = quantities(__file__), tables(__file__)

WORDS = {
    "tenfold": "a run costs ten times as much",
    "tenth": "a run costs a tenth",
    "slow": "the model ages as slowly as the data allow",
    "fast": "it ages as fast as the data allow",
}
NO_AGEING = "what ageing costs is not known, so nothing can be weighed against the cost of runs"


def flips_table(options: tuple[Costed, ...], project: Project, found: Ageing | None) -> Table:
    """Return the recommendation in each case with its cost; without ageing in money there is nothing to weigh."""
    chosen, rows = project.settings.retraining.chosen, []
    for name, case in {"as_is": AS_IS, **CASES}.items() if found else ():
        pick = recommend(options, chosen, found, case)
        cost = (
            pick.total
            if case is AS_IS and pick
            else derived(
                QUANTITY("retraining.flip.{name}", name=name, words=WORDS.get(name, "all is as assumed")),
                yearly(pick, found, case) if pick else None,
            )
        )
        rows.append((WORDS.get(name, "all is as assumed"), pick.option.title if pick else "none", cost))
    return TABLE("retraining.flips", rows, reason=NO_AGEING)


def alike(flips: Table) -> tuple[Fact, ...]:
    """Return whether every case asks for the same option, and what it costs at the least and at the most."""
    costs = [cost for row in flips.records if (cost := number_of(row["cost"])) is not None]
    ends = (("least", "Least", min), ("most", "Most", max))
    return (
        flag(
            QUANTITY("retraining.flips.alike"),
            len({row["option"] for row in flips.records}) == 1 if flips.records else None,
            reason=NO_AGEING,
        ),
        *(
            derived(
                QUANTITY("retraining.flips.{key}", key=key, word=word), end(costs) if costs else None, reason=NO_AGEING
            )
            for key, word, end in ends
        ),
    )
