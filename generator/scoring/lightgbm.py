"""Takes the bytes of lightgbm file, gives the model in it."""

from functools import partial

from generator.records.plugin import Reader
from generator.scoring._foreign import opened

open_model = partial(opened, "lightgbm")

READER = Reader(id="lightgbm", title="LightGBM's own text files", open=open_model)
