"""Takes the bytes of a joblib or pickle file that is trusted, gives the model in it; its code runs."""

from __future__ import annotations

import io

import joblib

from generator.scorer.asked import Asked, Opened
from generator.scorer.estimator import as_model
from generator.scorer.refused import AT_FILE, MODULES, Refused, first_line

VERSIONS = "name the Python of its environment under model.python (init: --python PATH), or save it there with skops"


def open_model(asked: Asked) -> Opened:
    """Open a trusted file; raises Refused when it cannot be opened, or holds no model."""
    try:
        found = joblib.load(io.BytesIO(asked.content))
    except MemoryError:
        raise
    except ImportError as error:
        what = f"the model file needs the module {error.name}, which is not here"
        raise Refused(what, AT_FILE, MODULES) from error
    except Exception as error:
        what = f"the model file cannot be opened: {type(error).__name__} {first_line(error)}"
        raise Refused(what, AT_FILE, VERSIONS) from error
    return as_model(found, asked)
