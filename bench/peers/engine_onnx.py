"""ONNX Runtime: MultiHeadAttention, GroupQueryAttention and Attention (opset 23), buffers bound beforehand.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import numpy as np
import onnxruntime
from onnx import helper

import tensors

IR_VERSION = 10


def session(node, arrays, outputs, opset, threads):
    """A model of one node; arrays and outputs by name give the shapes and types."""

    def info(name, array):
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)

    graph = helper.make_graph([node], "g", [info(*x) for x in arrays.items()], [info(*x) for x in outputs.items()])
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


class Onnx:
    """Runs a node on arrays that are bound where they lie."""

    def __init__(self, node, arrays, outputs, opset, threads):
        self.session = session(node, arrays, outputs, opset, threads)
        self.arrays, self.outputs = arrays, outputs
        self.binding = self.session.io_binding()
        for name, x in arrays.items():
            self.binding.bind_input(name, "cpu", 0, x.dtype, x.shape, x.ctypes.data)
        for name, x in outputs.items():
            self.binding.bind_output(name, "cpu", 0, x.dtype, x.shape, x.ctypes.data)
        self.kernel = node.op_type

    def run(self):
        self.session.run_with_iobinding(self.binding)


def tokens_first(x):
    """[batch, heads, rows, head_dim] as these operators want it: [batch, rows, heads * head_dim]."""
    batch, heads, rows, head_dim = x.shape
    return np.ascontiguousarray(x.transpose(0, 2, 1, 3)).reshape(batch, rows, heads * head_dim)


class TokensFirst(Onnx):
    def output(self):
        p = self.problem
        return self.outputs["o"].reshape(p.batch, p.seqlen_q, p.heads_q, p.head_dim).transpose(0, 2, 1, 3)


class Attention23(Onnx):
    name = "ort Attention"

    def __init__(self, data, threads):
        node = helper.make_node("Attention", ["q", "k", "v"], ["o"], is_causal=0)
        super().__init__(node, {"q": data.q, "k": data.k, "v": data.v}, {"o": tensors.aligned(data.q.shape, data.q.dtype)}, 23, threads)

    def output(self):
        return self.outputs["o"]


class MultiHead(TokensFirst):
    name = "ort MHA"

    def __init__(self, data, threads):
        p = self.problem = data.problem
        arrays = {name: tokens_first(x) for name, x in (("q", data.q), ("k", data.k), ("v", data.v))}
        node = helper.make_node("MultiHeadAttention", ["q", "k", "v"], ["o"], domain="com.microsoft", num_heads=p.heads_q)
        super().__init__(node, arrays, {"o": np.zeros_like(arrays["q"])}, 21, threads)


class GroupQuery(TokensFirst):
    """Always causal. In decode the last key and value are the new token's, which it writes to their place in the caches it shares."""

    name = "ort GQA"

    def __init__(self, data, threads):
        p = self.problem = data.problem
        if not p.decode and p.seqlen_q != p.seqlen_kv:
            raise NotImplementedError("GroupQueryAttention takes as many queries as keys, or one beside a cache")
        arrays = {"q": tokens_first(data.q)}
        inputs, caches = ["q", "k", "v", "", ""], None
        if p.decode:
            arrays.update(k=tokens_first(data.k[:, :, -1:]), v=tokens_first(data.v[:, :, -1:]), past_k=data.k, past_v=data.v)
            inputs, caches = ["q", "k", "v", "past_k", "past_v"], (data.k, data.v)
        else:
            arrays.update(k=tokens_first(data.k), v=tokens_first(data.v))
            caches = (np.zeros_like(data.k), np.zeros_like(data.v))
        arrays["last"] = np.full(p.batch, p.seqlen_kv - 1, np.int32)
        arrays["total"] = np.array([p.seqlen_kv], np.int32)
        node = helper.make_node(
            "GroupQueryAttention",
            inputs + ["last", "total"],
            ["o", "new_k", "new_v"],
            domain="com.microsoft",
            num_heads=p.heads_q,
            kv_num_heads=p.heads_kv,
        )
        super().__init__(node, arrays, {"o": np.zeros_like(arrays["q"]), "new_k": caches[0], "new_v": caches[1]}, 21, threads)


def load():
    def engines(data, threads):
        p = data.problem
        if p.type == "bf16":
            return []  # none of the three takes it
        if p.decode:
            wanted = [GroupQuery, Attention23]
        elif p.causal:
            wanted = [GroupQuery]  # the other two compute the hidden half as well
        else:
            wanted = [MultiHead, Attention23] if p.heads_q == p.heads_kv else [Attention23]
        return [kind(data, threads) for kind in wanted]

    return {"onnxruntime": onnxruntime.__version__}, engines
