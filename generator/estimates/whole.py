"""Takes a ledger, gives the loss sums of its labelled rows: all of them, some days, or one segment level."""

import numpy as np

from generator.estimates.intervals import COLUMN, Sums, entities_in
from generator.records.ledger import Ledger


def all_rows(ledger: Ledger) -> Sums | None:
    """Return the sums of all rows; None without a single labelled one."""
    losses, entities = ledger.production.losses, ledger.production.entities
    if losses is None or entities is None or losses.group[:, COLUMN["n"]].sum() == 0:
        return None
    return Sums(
        group=losses.group,
        day=losses.day[ledger.production.days >= 0],
        entities=float(np.sum(entities)),
        independent=not ledger.entity_groups,
    )


def of_level(ledger: Ledger, place: int) -> Sums | None:
    """Return the sums of one place on the axis of segment levels."""
    losses = ledger.production.losses
    if losses is None:
        return None
    group = losses.group_level[:, place]
    days = losses.day_level[ledger.production.days >= 0, place]
    return Sums(
        group=group, day=days, entities=entities_in(group[:, COLUMN["n"]]), independent=not ledger.entity_groups
    )
