"""The project file as frozen values: the field names are its keys, `Unit` says what a number is in.

One file for each part of it. Paths are kept as written; `Project.folder` is what they are relative to.
Everything optional that is absent becomes a gap in the documents, never a default fact.
"""

from __future__ import annotations

from generator.records.project.alerts import Alerts, Channels, Level, Rule, Sending, Sign, Tables
from generator.records.project.business import Business, Cost, Estimate, Kpi
from generator.records.project.claims import ClaimRule, Claims, StatedFigure
from generator.records.project.context import (
    Acceptance,
    Alternative,
    Context,
    Delivery,
    Incident,
    Item,
    Milestone,
    Protection,
    Question,
    Serving,
    Technology,
)
from generator.records.project.data import Csv, Data, Feature, Labels, Markers, Segment, Source, Window
from generator.records.project.decision import Costs, DecisionPolicy, Tier
from generator.records.project.documents import Brand, Documents, OwnDocument
from generator.records.project.experiments import Experiment, Outcome
from generator.records.project.model import Model, ModelLimits, Previous
from generator.records.project.objectives import (
    DriftPolicy,
    FairnessLimits,
    MissingPolicy,
    Objective,
    Objectives,
    Policies,
    SegmentLimit,
)
from generator.records.project.people import Activity, Approver, Calendar, Freeze, People, Person
from generator.records.project.retraining import Option, Retraining, Run, Training, Trigger, Version
from generator.records.project.risks import Risk
from generator.records.project.rollout import Condition, Message, Mode, Rollback, Rollout, Stage, Step
from generator.records.project.services import Counted, Counters, Requests, Service
from generator.records.project.settings import About, Privacy, Project, Settings
from generator.records.project.state import REACH, Control, Reach, State
from generator.records.project.units import (
    Count,
    Date,
    Days,
    Hours,
    Metric,
    Milliseconds,
    Minutes,
    Money,
    Months,
    Operator,
    Points,
    Repeat,
    Share,
    Text,
    Unit,
)

__all__ = [
    "REACH",
    "About",
    "Acceptance",
    "Activity",
    "Alerts",
    "Alternative",
    "Approver",
    "Brand",
    "Business",
    "Calendar",
    "Channels",
    "ClaimRule",
    "Claims",
    "Condition",
    "Context",
    "Control",
    "Cost",
    "Costs",
    "Count",
    "Counted",
    "Counters",
    "Csv",
    "Data",
    "Date",
    "Days",
    "DecisionPolicy",
    "Delivery",
    "Documents",
    "DriftPolicy",
    "Estimate",
    "Experiment",
    "FairnessLimits",
    "Feature",
    "Freeze",
    "Hours",
    "Incident",
    "Item",
    "Kpi",
    "Labels",
    "Level",
    "Markers",
    "Message",
    "Metric",
    "Milestone",
    "Milliseconds",
    "Minutes",
    "MissingPolicy",
    "Mode",
    "Model",
    "ModelLimits",
    "Money",
    "Months",
    "Objective",
    "Objectives",
    "Operator",
    "Option",
    "Outcome",
    "OwnDocument",
    "People",
    "Person",
    "Points",
    "Policies",
    "Previous",
    "Privacy",
    "Project",
    "Protection",
    "Question",
    "Reach",
    "Repeat",
    "Requests",
    "Retraining",
    "Risk",
    "Rollback",
    "Rollout",
    "Rule",
    "Run",
    "Segment",
    "SegmentLimit",
    "Sending",
    "Service",
    "Serving",
    "Settings",
    "Share",
    "Sign",
    "Source",
    "Stage",
    "State",
    "StatedFigure",
    "Step",
    "Tables",
    "Technology",
    "Text",
    "Tier",
    "Training",
    "Trigger",
    "Unit",
    "Version",
    "Window",
]
