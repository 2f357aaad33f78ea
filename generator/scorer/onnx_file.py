"""Takes the bytes of an ONNX file, gives its graph; one that names other files is refused before it is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.scorer.refused import AT_FILE, Refused

ONE_FILE = "write it in one file: onnx.save_model(model, path, save_as_external_data=False)"


def check_whole(onnx: Any, content: bytes) -> Any:
    """Return the graph; raises Refused for what is no ONNX model or keeps weights in files of their own.

    The digest in the project file vouches for one file alone, and names of others could point anywhere.
    """
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:
        raise Refused("not an ONNX file", AT_FILE, ONE_FILE) from error
    if not model.graph.output:
        raise Refused("not an ONNX file: it has no graph", AT_FILE, ONE_FILE)
    nodes = [*model.graph.node, *(node for function in model.functions for node in function.node)]
    tensors = (*_tensors_of_graph(model.graph), *_tensors_of_nodes(nodes))
    outside = sorted({tensor.name for tensor in tensors if onnx.external_data_helper.uses_external_data(tensor)})
    if outside:
        named = ", ".join(outside[:3])
        raise Refused(f"the ONNX model keeps weights in other files: {named}", AT_FILE, ONE_FILE)
    return model.graph


def _tensors_of_graph(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    yield from _tensors_of_nodes(graph.node)


def _tensors_of_nodes(nodes: Any) -> Iterator[Any]:
    for attribute in (attribute for node in nodes for attribute in node.attribute):
        yield from (attribute.t, *attribute.tensors)
        for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
            yield from (sparse.values, sparse.indices)
        for graph in ((attribute.g,) if attribute.HasField("g") else ()) + tuple(attribute.graphs):
            yield from _tensors_of_graph(graph)
