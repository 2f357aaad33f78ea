"""What a world is made of: one value for each axis along which projects differ."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Literal

Task = Literal["regression", "binary"]
Learner = Literal["ridge", "logistic", "forest", "gradient", "histogram", "neighbours", "network"]

FLEXIBLE: tuple[Learner, ...] = ("forest", "gradient", "histogram", "neighbours", "network")
PAIRS: tuple[tuple[Task, Learner], ...] = (
    ("regression", "ridge"),
    *(("regression", learner) for learner in FLEXIBLE),
    ("binary", "logistic"),
    *(("binary", learner) for learner in FLEXIBLE),
)
"""Every task with every learner that fits it."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A small project whose truth is known; as it stands, nothing has changed and everything is in order."""

    task: Task = "regression"
    learner: Learner = "ridge"
    seed: int = 1
    generator: Literal["smooth", "steps"] = "smooth"
    rows: int = 3_600
    """Of training, of held-out rows and of production each."""
    entities: int = 150
    new_entities: bool = False
    periods: int = 30
    """Days, weeks or months of each of the three."""
    period_sd: float = 0.0
    """Shocks that all rows of a period share, in SDs of the noise (log-odds of a binary outcome)."""
    time: Literal["day", "week", "month", "none"] = "day"
    shift: float = 0.0
    """SDs by which the input `x0` is moved in production; the noise grows with it."""
    relation: float = 0.0
    """Change of the relation of inputs and outcome: 1 adds some 30 % to a squared error of noise alone."""
    since: float = 0.0
    """Share of production's periods after which both changes set in: 0 from the first day on."""
    tampered: float = 0.0
    """Noise on stored predictions, in SDs of the prediction: they are then not the model's."""
    stuck: float = 0.0
    """Share of production's rows, at random, whose stored prediction is the median one whatever their inputs."""
    decimals: int = 9
    """Of all predictions, stored or not: with 1 or 2 many rows share one."""
    stands: Literal["none", "own", "one", "batch"] = "none"
    """What is given to the model late in production: `x0` as each entity had it last; `x0` of one row; all inputs as
    rows of the first third had them. Outcomes follow the inputs as they are in truth."""
    stands_since: float = 0.5
    strewn: float = 0.0
    """Share of production's rows after its first third, at random, whose inputs are given as rows of that had them."""
    given: Literal["held_out", "reference", "declared", "training", "nothing"] = "held_out"
    """What tells the error before: rows of `data.held_out` beside training rows; a reference that is declared held
    out; the declared validation error beside training rows; training rows alone; no rows but production's."""
    file: bool = False
    """True: the model is opened and scores the rows; False: its predictions stand in a column."""
    labels: Literal["beside", "late", "biased"] = "beside"
    """Outcomes beside the predictions; in a file of their own, each 0 to 20 days late; positives (high outcomes)
    sooner than the others."""
    segments: bool = True
    objectives: bool = False
    costs: bool = False
    """What right and wrong decisions cost is declared, with the probability from which on somebody acts."""
    container: Literal["parquet", "csv", "jsonl"] = "parquet"
    degenerate: bool = False
    """Also a column that is constant in training and one that is nearly always 0."""
    holes: float = 0.0
    """Share of production's rows whose `x1` is empty, and of those whose `place` is a new one; scored without that."""
    endless: float = 0.0
    """Share of production's rows, and half of it of training's, whose `x2` is infinite; scored without that."""
    feedback: Literal["none", "all", "random"] = "none"
    """Acting on the highest third of the scores halves the outcome's odds (takes off 10): on all of these rows, or on
    four of five at random."""

    @property
    def key(self) -> str:
        """Return a name that no other world has."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()[:20]
