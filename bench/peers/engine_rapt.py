"""Ours: the cpu engine of librapt.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import rapt
import tensors


class Rapt:
    name = "rapt"

    def __init__(self, library, data, threads, max_isa):
        p = data.problem
        self.data = data
        self.o = tensors.aligned(data.q.shape, data.q.dtype)
        self.context = rapt.Context(library, threads, max_isa)
        kind = rapt.TYPES[p.type]
        described = {name: rapt.dense(kind, *array.shape) for name, array in (("q", data.q), ("k", data.k), ("v", data.v), ("o", self.o))}
        problem = library.problem(engine=rapt.ENGINE_CPU, causal=int(p.causal), **described)
        self.plan = rapt.Plan(self.context, problem)
        self.kernel = self.plan.kernel()
        self.args = rapt.make_args(q=data.q.ctypes.data, k=data.k.ctypes.data, v=data.v.ctypes.data, o=self.o.ctypes.data)

    def run(self):
        self.plan.run(self.args)

    def output(self):
        return self.o


def load(library_path, max_isa):
    library = rapt.Library(library_path)
    versions = {"rapt": library.version()}
    isa = rapt.Context(library, 1, max_isa).isa()
    return versions, isa, lambda data, threads: [Rapt(library, data, threads, max_isa)]
