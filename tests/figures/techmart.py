"""TechMart's tables, as plausible as they have to be to judge a figure by eye."""

import datetime

import numpy as np

from generator.records.results import Results
from generator.records.table import Mark, Table
from tests.figures import example
from tests.figures.example import FEATURES, Raw, table

PASS, OPEN = Mark(status="pass", word="better"), Mark(status="inconclusive", word="not shown")
CATEGORIES = ("phones", "gaming", "audio", "wearables", "appliances", "monitors", "storage")
BRANDS = ("Zenvolt", "Aurel", "Birkson", "Calder", "Dantec", "Elvar", "Fjord", "Graylin", "Helio")


def techmart() -> Results:
    random = np.random.default_rng(7)
    tables = [*_errors(random), *_segments(), *_features(random), *_decisions(), *_declared(), *_chances()]
    return example.results(tables)


def _errors(random: np.random.Generator) -> list[Table]:
    line = 8.1 + np.arange(30) ** 1.4 * 0.023 + random.normal(0, 0.28, 30)
    return [
        example.daily(float(value) for value in line),
        table("errors.extremes", "limit:money count:rows share:share", [(50.0, 12, 0.0008)]),
    ]


def _chances() -> list[Table]:
    """What a model of two outcomes would show."""
    told = [0.02 + 0.07 * index for index in range(12)]
    fits, off = Mark(status="ok", word="as told"), Mark(status="watch", word="more than told")
    bins = [
        (p - 0.02, p + 0.05, 1200, p, (p**0.9, p**0.9 - 0.02, p**0.9 + 0.02), p - 0.02, p + 0.02,
         off if p**0.9 > p + 0.02 else fits)
        for p in told
    ]  # fmt: skip
    prices = [(k / 50, 1 - k / 50, (p := 9 + 30 * (k / 50 - 0.3) ** 2, p - 1.2, p + 1.3)) for k in range(1, 50)]
    start, fine, low = example.START, Mark(status="ok", word="as in the reference"), Mark(status="yellow", word="alarm")
    days = [
        (
            (start + datetime.timedelta(days=day)).isoformat(),
            0.83 - 0.002 * day,
            None if day > 20 else 0.82,
            0.79,
            0.8 - 0.001 * day,
            None if day > 20 else 0.81,
            0.71,
            low if day > 20 else fine,
        )
        for day in range(30)
    ]
    lines = " ".join(f"{name}{end}:share" for name in ("accuracy", "auc") for end in ("", "_realised", "_alarm"))
    ends, bars = "low:share high:share", [(k / 20, (k + 1) / 20, 0.2 * 0.8**k) for k in range(20)]
    seen = f"{ends} rows:rows predicted:probability observed:share band_low:share band_high:share status"
    return [
        table("calibration.reliability", seen, bins),
        table("calibration.curve", f"{ends} share:share", [(p, p + 0.06, p**0.9) for p in told]),
        table("calibration.histogram", f"{ends} share:share", bars),
        table("decision.curve", "from:share acted:share cost:money", prices),
        table("estimated.periods", f"start {lines} status", days),
    ]


def _segments() -> list[Table]:
    names = [("category", "cameras"), ("brand", "Novatek"), ("price tier", "premium")]
    names += [("category", name) for name in CATEGORIES] + [("brand", name) for name in BRANDS]
    critical = [("category", "cameras", 12.0, "rmse", ""), ("price tier", "premium", 14.0, "rmse", "")]
    return [
        example.segments([*names, ("price tier", "upper")]),
        table("declared.objectives.critical_segments", "segment level acceptable:money metric why", critical),
    ]


def _features(random: np.random.Generator) -> list[Table]:
    mean, sd = random.normal(0, 0.05, len(FEATURES)), random.normal(0, 0.07, len(FEATURES))
    mean[:12] = 0.38, 0.36, 0.41, 0.31, -0.52, 0.02, -0.33, -0.28, 0.27, 0.26, 0.29, 0.23
    sd[[0, 4, 12]] = 0.22, -0.41, 0.37
    rates = np.linspace(0.231, 0.01, len(FEATURES))
    return [
        example.drift(zip(FEATURES, map(float, mean), map(float, sd), strict=True)),
        example.heat(FEATURES[:20], 30),
        example.causes(
            [
                ("Error before launch", 8.2),
                ("Changed relation", 0.84),
                ("Missing values", 0.5),
                ("Other rows", -0.12),
                ("Error now", 9.42),
            ]
        ),
        example.missing((name, float(rate) / 8, float(rate)) for name, rate in zip(FEATURES[::-1], rates, strict=True)),
    ]


def _decisions() -> list[Table]:
    retrain, back = "retrain (validation +15 %)", "rollback (previous +5 %)"
    steps = [("expected, low", 8.0), ("validation", 8.2), ("expected, high", 9.0), (retrain, 9.43), ("yellow", 9.5)]
    sources = [
        (1, "catalogue", "database", 50.0),
        (1, "competitor prices", "api", 200.0),
        (1, "traffic", "api", 150.0),
        (2, "derived features", "computed", 100.0),
        (3, "model", "computed", 50.0),
    ]
    activities = [
        ("performance review", 7, 0),
        ("retraining", 28, 13),
        ("quarterly audit", 91, 30),
        ("rollback drill", 182, 40),
        ("threshold recalibration", 91, 60),
        ("architecture review", 400, 200),
        ("contract expiry", 400, 320),
    ]
    effects: list[tuple[Raw, ...]] = [
        ("conversion", (0.146, 0.04, 0.26), 0.12, PASS),
        ("top-fifth precision", 0.059, 0.121, OPEN),
        ("mean response", 0.083, None, OPEN),
        ("error rate", 0.125, 0.861, OPEN),
    ]
    return [
        table("experiments.effects", "metric relative:change smallest:change status", effects),
        example.ladder([*steps, ("acceptable", 10.0), ("red", 10.0), (back, 9.87)]),
        table(
            "ladder.problems",
            "first second problem consequence",
            [
                (retrain, "yellow", "Retraining starts below the yellow alert.", ""),
                ("acceptable", "red", "Both stand at the same value: acceptable and red at once.", ""),
                (back, "red", "The rollback comes before the red alert.", ""),
            ],
        ),
        example.options([("weekly", 7, 19_000.0), ("two-weekly", 14, 10_500.0), ("monthly", 30, 7_100.0)]),
        example.curve(350.0),
        example.decay([0.0, -0.01, 0.02, 0.07, 0.11, 0.11, 0.14, 0.17, 0.22, 0.26, 0.35]),
        example.risks(
            [
                ("R1", "Pipeline failure leaves prices at defaults", 2, 4),
                ("R2", "Silent drift", 4, 4),
                ("R3", "Nonsensical predictions outside $10–$500", 2, 5),
                ("R4", "Infrastructure outage", 2, 3),
                ("R5", "Data quality: missing values", 4, 4),
                ("R6", "Correlation change", 3, 3),
            ]
        ),
        table("features.latency", "stage:count source kind budget:ms", sources),
        example.calendar(activities),
        table(
            "services.levels",
            "service allowed:share bad:share used:share status",
            [
                ("Requests answered", 0.001, 0.0008, 0.8, Mark(status="pass", word="within budget")),
                ("Requests below 200 ms", 0.01, 0.029, 2.9, Mark(status="fail", word="budget overdrawn")),
                ("Freshness", None, None, None, Mark(status="inconclusive", word="not measured")),
            ],
        ),
        table(
            "business.tornado",
            "input low:money centre:money high:money swing:money",
            [
                ("Value a month", 374_851.0, 510_205.0, 621_567.0, 246_716.0),
                ("On-call allowance, a year", 514_088.0, 510_205.0, 505_575.0, 8_513.0),
                ("Contribution margin", -40_000.0, 510_205.0, 530_000.0, 570_000.0),
            ],
        ),
    ]


def _declared() -> list[Table]:
    components = [
        ("Feature pipeline", "dbt on the warehouse, hourly", "available", "", ""),
        ("Feature store", "Online and offline, freshness below 5 minutes", "to be built", "", ""),
        ("Model service", "FastAPI behind Gunicorn, two replicas", "available", "", ""),
        ("Price publisher", "Writes to the shop with limits of 10 and 500 dollars", "available", "", ""),
        ("Monitoring", "Prometheus and Grafana, daily ledger", "to be built", "", ""),
    ]
    roadmap = [
        ("Shadow", "logged beside the old model", "", "", "weeks 1–2"),
        ("Full", "", "", "", "week 5 on"),
        ("Canary", "from 5 % to 25 %", "", "", "weeks 3-4"),
        ("Feedback", "", "", "", "weeks 6 to 12"),
    ]
    freezes = [(datetime.date(2026, 11, 20), datetime.date(2026, 12, 2), "sales")]
    return [
        table("declared.context.components", "name detail status owner when", components),
        table("declared.context.roadmap", "name detail status owner when", roadmap),
        table("declared.calendar.freezes", "start:date end:date reason", freezes),
    ]
