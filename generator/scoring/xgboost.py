"""Takes the bytes of xgboost file, gives the model in it."""

from functools import partial

from generator.records.plugin import Reader
from generator.scoring._foreign import opened

open_model = partial(opened, "xgboost")

READER = Reader(id="xgboost", title="XGBoost's own files, JSON and UBJSON", open=open_model)
