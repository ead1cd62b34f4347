"""The tensors of a problem, the same for every engine, and the answer in f64 at some of its rows.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import numpy as np

SEED = 20260
ALIGNMENT = 64  # bytes


def aligned(shape, dtype):
    """An array without gaps whose first element lies on a cache line, as an allocator of tensors gives it."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.empty(size + ALIGNMENT, np.uint8)
    begin = -raw.ctypes.data % ALIGNMENT
    return raw[begin : begin + size].view(dtype).reshape(shape)


def bf16_bits(x):
    """f32 rounded to the nearest bf16, ties to even, as uint16. No NaN here."""
    bits = x.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def storage(kind):
    """How a type lies in memory: bf16 as its bits, which numpy has no type for."""
    return {"f32": np.float32, "f16": np.float16, "bf16": np.uint16}[kind]


def store(x, kind):
    out = aligned(x.shape, storage(kind))
    out[...] = bf16_bits(x) if kind == "bf16" else x
    return out


def widen(stored, dtype=np.float32):
    """The values of a stored tensor."""
    if stored.dtype == np.uint16:
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(dtype)


class Tensors:
    """q [batch, heads_q, seqlen_q, head_dim], k and v [batch, heads_kv, seqlen_kv, head_dim], independent and normal."""

    def __init__(self, problem):
        self.problem = problem
        random = np.random.default_rng(SEED)
        p = problem

        def normal(heads, rows):
            return store(random.standard_normal((p.batch, heads, rows, p.head_dim), np.float32), p.type)

        self.q = normal(p.heads_q, p.seqlen_q)
        self.k = normal(p.heads_kv, p.seqlen_kv)
        self.v = normal(p.heads_kv, p.seqlen_kv)
        self.places = self._choose_places(random)
        self.exact = np.array([self._answer(*place) for place in self.places])

    def _choose_places(self, random, count=24):
        """(sequence, head, row): the last row of the last head, and others at random."""
        p = self.problem
        most = (p.batch, p.heads_q, p.seqlen_q)
        return [tuple(n - 1 for n in most)] + [tuple(int(random.integers(n)) for n in most) for _ in range(count - 1)]

    def _answer(self, b, h, i):
        p = self.problem
        seen, kv = p.visible(i), h // (p.heads_q // p.heads_kv)
        s = widen(self.k[b, kv, :seen], np.float64) @ widen(self.q[b, h, i], np.float64) / np.sqrt(p.head_dim)
        weights = np.exp(s - s.max())
        return weights @ widen(self.v[b, kv, :seen], np.float64) / weights.sum()

    def error(self, o):
        """Greatest |o - exact| of an output in q's shape at those places."""
        seen = np.array([widen(o[place], np.float64) for place in self.places])
        return float(np.abs(seen - self.exact).max())
