"""Takes the bytes of a skops file, gives the scikit-learn pipeline in it as a model; unknown types are refused."""

from __future__ import annotations

from functools import partial

from generator.records.plugin import Reader
from generator.scoring._foreign import opened

open_model = partial(opened, "skops")

READER = Reader(id="skops", title="scikit-learn pipelines saved with skops", open=open_model)
