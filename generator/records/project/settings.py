"""The project file as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.records.journal import Record
from generator.records.project.alerts import Alerts
from generator.records.project.business import Business
from generator.records.project.claims import Claims
from generator.records.project.context import Context
from generator.records.project.data import Data
from generator.records.project.decision import DecisionPolicy
from generator.records.project.documents import Documents
from generator.records.project.experiments import Experiment
from generator.records.project.model import Model
from generator.records.project.objectives import Objectives, Policies
from generator.records.project.people import Calendar, People
from generator.records.project.retraining import Retraining
from generator.records.project.risks import Risk
from generator.records.project.rollout import Rollback, Rollout
from generator.records.project.services import Service
from generator.records.project.state import State
from generator.records.project.units import Count


@dataclass(frozen=True, kw_only=True)
class About:
    """Who owns the system and how it is spoken of."""

    name: str
    title: str | None = None
    owner: str | None = None
    classification: str = "internal"
    currency: str = "USD"
    time_zone: str = "UTC"
    meant: tuple[str, ...] = ()
    """Texts that look as if they were still to be filled in, such as `<h1>`, and are meant as they stand."""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What the documents may name."""

    list_entities: bool = False
    small_cell: Count = 5
    """Counts below this are not printed."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the project file says."""

    project: About
    model: Model
    data: Data
    objectives: Objectives = Objectives()
    policies: Policies = Policies()
    alerts: Alerts = Alerts()
    services: tuple[Service, ...] = ()
    business: Business = Business()
    decision: DecisionPolicy = DecisionPolicy()
    retraining: Retraining = Retraining()
    rollout: Rollout = Rollout()
    rollback: Rollback = Rollback()
    state: State = State()
    risks: tuple[Risk, ...] = ()
    people: People = People()
    calendar: Calendar = Calendar()
    experiments: tuple[Experiment, ...] = ()
    claims: Claims = Claims()
    context: Context = Context()
    documents: Documents = Documents()
    privacy: Privacy = Privacy()


@dataclass(frozen=True, kw_only=True)
class Project:
    """A valid project file: its settings, where each key stands, and the folder its paths are relative to."""

    settings: Settings
    folder: str
    file: str
    lines: Mapping[str, int]
    """Dotted path of a key (list items by number) → line in the file, or in the small table it stands in."""
    sha256: str
    tables: Mapping[str, str] = field(default_factory=dict)
    """Dotted path of a key that stands in another file, a record or a bundle → that file, or what to call it."""
    changes: tuple[str, ...] = ()
    """Values of the command line that took the place of the file's, as written; places of keys, as files are."""
    read: dict[str, str] = field(default_factory=dict, compare=False)
    """File that was read whole, as the project names it → SHA-256 of the bytes that were used; it fills as they are."""
    matched: dict[str, tuple[Path, ...]] = field(default_factory=dict, compare=False)
    """Pattern of names → the files it stood for when it was first asked: what comes later is none of this build's."""
    records: tuple[Record, ...] = ()
    """What stands beside the project file in the file of records; in a build, what is known of this version."""
    guessed: tuple[str, ...] = ()
    """In words, what only the words of titles tell."""
    stated: State = State()
    """The state that the project file itself gives, where the records give another."""

    @property
    def table_files(self) -> tuple[str, ...]:
        """Return the CSV files of small tables, in the order of their names."""
        return tuple(sorted(set(self.tables.values()) & set(self.read) - {self.settings.model.file}))
