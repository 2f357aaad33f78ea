"""Takes the bytes of a model file, gives the model in it, opened and asked in a process of its own."""

import hashlib
import shutil
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.errors import DossierError, EnvironmentLacks, InputError
from generator.records.ledger import Conduct, Linear
from generator.records.project import Model
from generator.scorer.frames import Message
from generator.scoring import SHARED, Coded, Columns, ScoredRows
from generator.scoring._limits import START, Limits, limits_of
from generator.scoring._process import Process, Stopped, environment

SCORER = Path(__file__).resolve().parent.parent / "scorer" / "__main__.py"
FIRST = 200
"""Rows that are asked before any other: twice as a whole, and some of them alone."""
ORDER = "the model keeps no levels; those of the training rows stand in the order of their letters for"
SMALL = 50e6
"""The most bytes of an answer that holds no predictions."""
DIED = (
    "the file is damaged or was made for other versions of its library: save it again with those that are here;"
    " where model.python is declared, is it a Python?"
)
GET_R = "install it (Debian: r-base-core and the r-cran-… of the model), or export R's predictions as a column"
R = "rscript"
"""The format of what R itself opens."""
LIBRARIES = 1_000
"""Megabytes of R and its packages."""
MORE = "if the model is meant to need so much, declare more under model.limits"


class Foreign:
    """A model in a process that is not this one; lanes that ask at the same time wait for each other."""

    def __init__(self, process: Process, number: int, offered: Message, limits: Limits) -> None:
        """Take the process, which of its models this is, what that offers, and how much it may use."""
        self._process, self._number, self._limits, self._lock = process, number, limits, threading.Lock()
        self._known = False
        self.features: tuple[str, ...] = offered["features"]
        self.probability = bool(offered["probability"][0])
        self.linear: Linear | None = _linear(offered)
        self.gaps = "gaps" in offered
        self.rows: int | None = int(offered["rows"][0]) if "rows" in offered else None
        self.texts: tuple[str, ...] = offered["texts"]
        self.levels: Mapping[str, tuple[str, ...]] = {name: offered[f"levels {name}"] for name in offered["known"]}
        self.lost: tuple[str, ...] = offered["lost"]
        self.conduct = Conduct(warnings=offered["warnings"], wrote=offered.get("wrote"))

    def learn(self, levels: Mapping[str, tuple[str, ...]], rows: int) -> None:
        """Tell the levels of columns that are `lost`, of so many training rows; raises InputError if they do not fit.

        Their order is not in the rows: a factor has them by their letters, unless somebody gave it another order.
        """
        fields = {f"levels {name}": found for name, found in levels.items()}
        message: Message = {"verb": ("learn",), "columns": tuple(levels), "rows": np.array([rows], dtype=np.int32)}
        with self._lock:
            self._asked({**message, **fields}, self._limits, SMALL)
        self.lost = tuple(name for name in self.lost if name not in levels)
        self.texts, self.levels = (*self.texts, *levels), {**self.levels, **levels}
        told = tuple(f"{ORDER} {name}: {', '.join(found[:5])}" for name, found in levels.items())
        self.conduct = self.conduct.joined(Conduct(warnings=told))

    def score(self, columns: Columns) -> ScoredRows:
        """Return predictions; raises InputError when the model refuses the rows, fails, or uses too much."""
        rows = _rows(columns, self.features)
        width = 0 if self.linear is None else len(self.linear.columns)
        message = {"verb": ("score",), **_packed(columns, self.features, rows)}
        with self._lock:
            if not self._known and rows:
                self._look({name: columns[name][:FIRST] for name in self.features}, min(rows, FIRST))
            found = self._asked(message, self._limits.of_rows(rows), SMALL + 8.0 * rows * (width + 1))
            self.conduct = self.conduct.joined(Conduct(warnings=found["warnings"]))
        design = found["design"].reshape(rows, width) if "design" in found else None
        return ScoredRows(prediction=found["prediction"], design=design)

    def _look(self, columns: Columns, rows: int) -> None:
        """Learn how the model answers its first rows, within the limits of a file that nobody knows yet."""
        found = self._asked({"verb": ("look",), **_packed(columns, self.features, rows)}, self._limits, SMALL)
        again, alone = found["apart"].tolist()
        told = Conduct(warnings=found["warnings"], changes=found["changed"], again=again, alone=alone)
        self._known, self.conduct = True, self.conduct.joined(told)

    def timed(self, columns: Columns, calls: int, repeats: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the seconds of `calls` predictions of one row, and of `repeats` of all, inside its process."""
        rows = _rows(columns, self.features)
        counts = np.array([calls, repeats], dtype=np.int32)
        message = {"verb": ("time",), "calls": counts, **_packed(columns, self.features, rows)}
        with self._lock:
            found = self._asked(message, self._limits.of_rows(calls + rows * repeats), SMALL)
        return found["single"], found["batch"]

    def _asked(self, message: Message, limits: Limits, most: float) -> Message:
        return _asked(self._process, {**message, **_model(self._number)}, limits, most)


def opened(
    format: str, content: bytes, declared: Model, folder: Path | None = None, *, trusted: bool = False
) -> Foreign:
    """Open a model file in a process of its own; raises InputError when it holds no model that gives predictions."""
    limits = limits_of(len(content), declared.limits, trusted=trusted)
    process, paths = _started(declared, content, folder) if format != R else _started_r(limits)
    value = () if declared.lambda_value is None else (declared.lambda_value,)
    message: Message = {
        "verb": ("open",),
        "path": paths,
        "format": (format,),
        "content": content,
        "trusted": declared.trusted_types,
        "order": declared.columns,
        "positive": (declared.positive_class,),
        "lambda choice": (declared.lambda_choice,),
        "lambda value": np.array(value, dtype=np.float64),
    }
    number, process.models = process.models, process.models + 1
    try:
        offered = _asked(process, {**message, **_model(number)}, limits, SMALL, START)
        return Foreign(process, number, offered, limits)
    except DossierError:
        process.end()
        raise


def told(verb: str, content: bytes) -> Message:
    """Return what a process of its own finds in a file that holds no model; raises InputError for nothing."""
    process, limits = Process(command(), environment()), limits_of(len(content), None, trusted=False)
    try:
        return _asked(process, {"verb": (verb,), "content": content}, limits, 10 * SMALL, START)
    finally:
        process.end()


def _started(declared: Model, content: bytes, folder: Path | None) -> tuple[Process, tuple[str, ...]]:
    """Start the scorer, and return where it finds modules: in the project's folder too, if something there is trusted.

    Raises InputError for a Python of the project's choice that is not trusted, or is none.
    """
    own = (str(folder.resolve()),) if folder is not None and (declared.trust or declared.trusted_types) else ()
    if declared.python is None:
        return _shared(declared), (*filter(None, sys.path), *own)
    if not declared.trust:
        what = "the project file names a program that runs the model, and does not trust it"
        digest = hashlib.sha256(content).hexdigest()
        hint = f"if you know what it is, write `trust: true` under model (init: --trust {digest})"
        raise InputError(what, where="model.python", hint=hint)
    program = Path(folder or ".", Path(declared.python).expanduser())
    try:
        return Process((str(program.absolute()), "-I", "-B", str(SCORER)), environment()), own
    except OSError as error:
        what = f"no Python can be started there: {error.strerror}"
        raise InputError(what, where="model.python", hint="name the program itself, such as env/bin/python") from error


def _shared(declared: Model) -> Process:
    """Return the process that models share for now, or one of its own: for a file that is trusted to run code too."""
    shared = SHARED.get()
    if shared is None or declared.trust or declared.trusted_types:
        return Process(command(), environment())
    if not shared:
        shared.append(Process(command(), environment()))
    found: Process = shared[0]
    return found


def _model(number: int) -> Message:
    """Return the field that says which model of a process is meant: none for the first, which may be the only one."""
    return {"model": np.array([number], dtype=np.int32)} if number else {}


def _started_r(limits: Limits) -> tuple[Process, tuple[str, ...]]:
    """Start R, whose frames come and go by files of their own: what a model prints would stand among them."""
    redirected = 'ulimit -v "$1"; exec "$2" --vanilla "$3" 3<&0 4>&1 </dev/null >&2'
    kilobytes = str(int(1_000 * (limits.of_rows(0).megabytes + LIBRARIES)))
    command = ("/bin/sh", "-c", redirected, "sh", kilobytes, rscript(), str(SCORER.with_name("serve.R")))
    return Process(command, environment() | {"TZ": "UTC", "LC_ALL": "C.UTF-8"}), ()


def rscript(why: str = "") -> str:
    """Return where R is; raises EnvironmentLacks, saying `why` it is needed, where it is not."""
    program = shutil.which("Rscript")
    if program is None:
        what = f"this model is one that R alone can ask, and there is no Rscript here{why}"
        raise EnvironmentLacks(what, where="model.path", hint=GET_R)
    return program


def command() -> Sequence[str]:
    """Return how the scorer is started: without the user's settings of Python, and writing no files."""
    return (sys.executable, "-I", "-B", str(SCORER))


def _asked(process: Process, message: Message, limits: Limits, most: float, start: float = 0.0) -> Message:
    """Return the answer of the process; raises InputError or EnvironmentLacks for one that says what is wrong."""
    message["limits"] = np.array([limits.seconds, limits.megabytes], dtype=np.float64)
    try:
        found = process.ask(message, seconds=limits.patience + start, most=most)
    except Stopped as stopped:
        raise _ended(stopped, limits) from None
    (verb,) = found["verb"]
    if verb == "memory":
        raise InputError(f"the model needs more than {limits.megabytes:,.0f} MB of memory", where="model", hint=MORE)
    if verb in ("refused", "lacks"):
        what, where, hint = found["told"]
        raise (EnvironmentLacks if verb == "lacks" else InputError)(what, where=where, hint=hint)
    return found


def _ended(stopped: Stopped, limits: Limits) -> InputError:
    if stopped.code is None or stopped.code == -signal.SIGXCPU:
        return InputError(f"the model did not answer within {limits.seconds:,.0f} seconds", where="model", hint=MORE)
    how = f"with code {stopped.code}" if stopped.code >= 0 else f"by the signal {_signal(-stopped.code)}"
    said = (stopped.told.strip().splitlines() or [""])[-1][:200]
    what = f"the process of the model ended {how} and gave no answer" + (f": {said}" if said else "")
    return InputError(what, where="model", hint=DIED)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _linear(offered: Message) -> Linear | None:
    if "coefficients" not in offered:
        return None
    (link,) = offered["link"]
    return Linear(
        columns=offered["linear columns"],
        features=offered["linear features"],
        coefficients=offered["coefficients"],
        intercept=float(offered["intercept"][0]),
        link=link,
    )


def _rows(columns: Columns, features: tuple[str, ...]) -> int:
    return len(columns[features[0]]) if features else len(next(iter(columns.values()), ()))


def _packed(columns: Columns, features: tuple[str, ...], rows: int) -> Message:
    """Return the columns as fields: numbers, or codes and the texts they stand for."""
    fields: Message = {"rows": np.array([rows], dtype=np.int32), "columns": features}
    for name in features:
        values = columns[name]
        if isinstance(values, Coded) or np.asarray(values).dtype.kind in "OU":
            coded = values if isinstance(values, Coded) else _coded(np.asarray(values).tolist())
            fields[f"= {name}"], fields[f"~ {name}"] = coded.codes.astype(np.int32), coded.values
        else:
            fields[f"= {name}"] = np.asarray(values, dtype=np.float64)
    return fields


def _coded(values: list[Any]) -> Coded:
    places: dict[str, int] = {}
    codes = [-1 if v is None or v != v else places.setdefault(str(v), len(places)) for v in values]
    return Coded(codes=np.array(codes, dtype=np.int64), values=tuple(places))
