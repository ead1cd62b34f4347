"""llama.cpp: ggml_flash_attn_ext of its CPU backend, f32 queries on keys and values of the problem's type, as llama.cpp itself calls it.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import ctypes as c
import pathlib

import numpy as np

import tensors

TYPES = {"f32": 0, "f16": 1, "bf16": 30}
F16 = 1
CONTEXT_BYTES = 1 << 20  # for headers of tensors and the graph; the data is ours


class InitParams(c.Structure):
    _fields_ = [("mem_size", c.c_size_t), ("mem_buffer", c.c_void_p), ("no_alloc", c.c_bool)]


class Tensor(c.Structure):
    """ggml_tensor as far as its data; Ggml.place checks that data is where ggml looks for it."""

    _fields_ = [
        ("type", c.c_int),
        ("buffer", c.c_void_p),
        ("ne", c.c_int64 * 4),
        ("nb", c.c_size_t * 4),
        ("op", c.c_int),
        ("op_params", c.c_int32 * 16),
        ("flags", c.c_int32),
        ("src", c.c_void_p * 10),
        ("view_src", c.c_void_p),
        ("view_offs", c.c_size_t),
        ("data", c.c_void_p),
    ]


class Cplan(c.Structure):
    _fields_ = [
        ("work_size", c.c_size_t),
        ("work_data", c.c_void_p),
        ("n_threads", c.c_int),
        ("threadpool", c.c_void_p),
        ("abort_callback", c.c_void_p),
        ("abort_callback_data", c.c_void_p),
        ("use_ref", c.c_bool),
    ]


_BASE = {
    "ggml_version": (c.c_char_p, []),
    "ggml_init": (c.c_void_p, [InitParams]),
    "ggml_free": (None, [c.c_void_p]),
    "ggml_new_tensor_4d": (c.POINTER(Tensor), [c.c_void_p, c.c_int] + [c.c_int64] * 4),
    "ggml_get_data": (c.c_void_p, [c.POINTER(Tensor)]),
    "ggml_flash_attn_ext": (c.POINTER(Tensor), [c.c_void_p] + [c.POINTER(Tensor)] * 4 + [c.c_float] * 3),
    "ggml_new_graph": (c.c_void_p, [c.c_void_p]),
    "ggml_build_forward_expand": (None, [c.c_void_p, c.POINTER(Tensor)]),
}
_CPU = {
    "ggml_cpu_init": (None, []),
    "ggml_cpu_has_avx512": (c.c_int, []),
    "ggml_cpu_has_avx512_bf16": (c.c_int, []),
    "ggml_cpu_has_avx2": (c.c_int, []),
    "ggml_graph_plan": (Cplan, [c.c_void_p, c.c_int, c.c_void_p]),
    "ggml_graph_compute": (c.c_int, [c.c_void_p, c.POINTER(Cplan)]),
}


class Ggml:
    """The libraries of a build of ggml."""

    def __init__(self, folder):
        for file, signatures in (("libggml-base.so", _BASE), ("libggml-cpu.so", _CPU)):
            library = c.CDLL(str(pathlib.Path(folder) / file), mode=c.RTLD_GLOBAL)
            for name, (result, arguments) in signatures.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
                setattr(self, name, function)
        self.ggml_cpu_init()

    def version(self):
        sets = [name for name in ("avx512_bf16", "avx512", "avx2") if getattr(self, f"ggml_cpu_has_{name}")()]
        return f"{self.ggml_version().decode()}, {sets[0] if sets else 'no avx2'}"

    def place(self, context, kind, array, shape):
        """A tensor of that shape (innermost last) over the memory of array."""
        tensor = self.ggml_new_tensor_4d(context, kind, *reversed(shape))
        tensor.contents.data = array.ctypes.data
        if self.ggml_get_data(tensor) != array.ctypes.data:
            raise RuntimeError("ggml_tensor has another layout than this version was pinned for")
        return tensor


class FlashAttnExt:
    name = "llama.cpp"
    kernel = "ggml_flash_attn_ext"

    def __init__(self, ggml, data, threads):
        p = data.problem
        self.ggml, self.data = ggml, data
        self.context = ggml.ggml_init(InitParams(CONTEXT_BYTES, None, True))
        self.q = tensors.store(tensors.widen(data.q), "f32")
        self.o = tensors.aligned((p.batch, p.seqlen_q, p.heads_q, p.head_dim), np.float32)
        kind = TYPES[p.type]
        q = ggml.place(self.context, TYPES["f32"], self.q, data.q.shape)
        k = ggml.place(self.context, kind, data.k, data.k.shape)
        v = ggml.place(self.context, kind, data.v, data.v.shape)
        mask = None
        if p.causal and not p.decode:
            hidden = np.triu(np.full((p.seqlen_q, p.seqlen_kv), -np.inf, np.float32), 1 + p.seqlen_kv - p.seqlen_q)
            self.mask = tensors.store(hidden, "f16")
            mask = ggml.place(self.context, F16, self.mask, (1, 1, p.seqlen_q, p.seqlen_kv))
        result = ggml.ggml_flash_attn_ext(self.context, q, k, v, mask, p.head_dim**-0.5, 0.0, 0.0)
        result.contents.data = self.o.ctypes.data
        self.graph = ggml.ggml_new_graph(self.context)
        ggml.ggml_build_forward_expand(self.graph, result)
        self.plan = ggml.ggml_graph_plan(self.graph, threads, None)
        self.work = tensors.aligned((max(1, self.plan.work_size),), np.uint8)
        self.plan.work_data = self.work.ctypes.data

    def __del__(self):
        self.ggml.ggml_free(self.context)

    def run(self):
        if self.ggml.ggml_graph_compute(self.graph, c.byref(self.plan)) != 0:
            raise RuntimeError("ggml_graph_compute failed")

    def output(self):
        return self.o.transpose(0, 2, 1, 3)


def load(folder):
    ggml = Ggml(folder)
    return {"llama.cpp's ggml": ggml.version()}, lambda data, threads: [FlashAttnExt(ggml, data, threads)]
