"""Takes the bytes of an ONNX file, gives the regressor or classifier in it as a model; needs onnxruntime."""

from functools import partial

from generator.records.plugin import Reader
from generator.scoring._foreign import opened

open_model = partial(opened, "onnx")

READER = Reader(id="onnx", title="ONNX files: regressors and classifiers of two classes", open=open_model)
