"""Parts of ONNX graphs: exports modules, cuts graphs of networks, and joins them to the graph of one model."""

import onnx
import torch

OPSET = 17


def exported(module, inputs, input_names, output_names, folder):
    """The graph of a module, for any number of images."""
    path = folder / "part.onnx"
    torch.onnx.export(
        module.eval(), inputs, str(path), opset_version=OPSET, input_names=input_names, output_names=output_names,
        dynamic_axes={name: {0: "batch"} for name in (*input_names, *output_names)}, do_constant_folding=False,
    )  # fmt: skip
    return onnx.load(path)


def keep_needed(graph, outputs):
    """Removes the nodes and constants that no output needs."""
    wanted, kept = set(outputs), []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    constants = [each for each in graph.initializer if each.name in wanted]
    del graph.initializer[:]
    graph.initializer.extend(constants)


def renamed(model, prefix, names):
    """The graph of a model, all names with a prefix, except those in `names`, which are replaced by the names there."""

    def new(name):
        return names.get(name, prefix + name) if name else name

    for node in model.graph.node:
        node.name = prefix + node.name
        node.input[:] = [new(name) for name in node.input]
        node.output[:] = [new(name) for name in node.output]
    for each in model.graph.initializer:
        each.name = new(each.name)
    return model.graph


def joined(graphs, name, inputs, outputs):
    """A model of several graphs, whose tensors of the same name are the same. `inputs` and `outputs` map the names of
    float tensors to their shapes."""

    def values(tensors):
        return [onnx.helper.make_tensor_value_info(each, onnx.TensorProto.FLOAT, shape) for each, shape in tensors.items()]

    nodes = [node for graph in graphs for node in graph.node]
    constants = [each for graph in graphs for each in graph.initializer]
    whole = onnx.helper.make_graph(nodes, name, values(inputs), values(outputs), constants)
    model = onnx.helper.make_model(whole, opset_imports=[onnx.helper.make_opsetid("", OPSET)])
    model.ir_version = 8
    return model
