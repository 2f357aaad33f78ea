"""Takes the bytes of a skops file, gives the scikit-learn pipeline in it as a model; unknown types are refused."""

from __future__ import annotations

import skops.io

from generator.scorer.asked import Asked, Opened
from generator.scorer.estimator import as_model
from generator.scorer.refused import AT_FILE, MODULES, Refused, first_line
from generator.scorer.vouched import OWN, check

SAVE = "save it with skops.io.dump"


def open_model(asked: Asked) -> Opened:
    """Open a skops file whose types are scikit-learn's own or trusted as declared; raises Refused otherwise."""
    content = asked.content
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - {*asked.trusted, *OWN})
    except Exception as error:
        raise Refused(f"not a skops file: {first_line(error)}", AT_FILE, SAVE) from error
    if unknown:
        raise Refused(
            f"the model file holds types nobody vouches for: {', '.join(unknown)}",
            AT_FILE,
            f"if you trust the file: model.trusted_types: [{', '.join(unknown)}], or {_words(unknown)}",
        )
    try:
        found = skops.io.loads(content, trusted=[*asked.trusted, *OWN])
    except MemoryError:
        raise
    except Exception as error:
        if _is_missing(error):
            raise Refused(f"the skops file needs what is not here: {first_line(error)}", AT_FILE, MODULES) from error
        what = f"the skops file cannot be opened: {type(error).__name__} {first_line(error)}"
        raise Refused(what, AT_FILE, SAVE) from error
    check(found)
    return as_model(found, asked)


def _is_missing(error: Exception) -> bool:
    """Return whether a module lacks, or a name in it; other attributes lack where the file is malformed."""
    return isinstance(error, ImportError) or (isinstance(error, AttributeError) and str(error).startswith("module "))


def _words(types: list[str]) -> str:
    return " ".join(f"--trust {name}" for name in types)
