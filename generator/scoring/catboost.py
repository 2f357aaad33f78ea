"""Takes the bytes of a .cbm file, gives the model in it."""

from functools import partial

from generator.records.plugin import Reader
from generator.scoring._foreign import opened

open_model = partial(opened, "catboost")

READER = Reader(id="catboost", title="CatBoost's own files, by a Python that has it", open=open_model)
