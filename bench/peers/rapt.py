"""The structs and functions of rapt/rapt.h that a caller of plan and run needs, through ctypes. binding_test.py compares the layouts.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import ctypes as c

NONE, F32, F16, BF16 = 0, 1, 2, 3
TYPES = {"f32": F32, "f16": F16, "bf16": BF16}
ENGINE_AUTO, ENGINE_REFERENCE, ENGINE_CPU, ENGINE_CUDA, ENGINE_EMULATED = 0, 1, 2, 3, 4
ALIGNMENT = 64  # bytes, of a workspace of the cpu engine


class Tensor(c.Structure):
    _fields_ = [("type", c.c_int32), ("reserved", c.c_int32), ("shape", c.c_int64 * 4), ("strides", c.c_int64 * 4), ("bytes", c.c_int64)]


class Problem(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t),
        *[(name, Tensor) for name in ("q", "k", "v", "o", "lse", "mask", "bias", "alibi", "sinks")],
        *[(name, c.c_int32) for name in ("engine", "q_layout", "kv_layout", "align")],
        *[(name, c.c_int64) for name in ("offset", "batch", "max_seqlen_q", "max_seqlen_kv", "table_stride")],
        ("scale", c.c_double),
        ("has_scale", c.c_int32),
        ("softcap", c.c_float),
        ("causal", c.c_int32),
        ("lse_base2", c.c_int32),
        ("window_left", c.c_int64),
        ("window_right", c.c_int64),
        ("batch_invariant", c.c_int32),
        ("reserved", c.c_int32 * 7),
    ]


class Args(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t),
        *[
            (name, c.c_void_p)
            for name in (
                "q k v o lse mask bias alibi sinks seqlens_q seqlens_kv cu_seqlens_q cu_seqlens_kv block_table kv_indptr kv_indices "
                "kv_last_page_len k_pages v_pages"
            ).split()
        ],
    ]


class Executor(c.Structure):
    _fields_ = [("user", c.c_void_p), ("threads", c.c_int32), ("reserved", c.c_int32), ("parallel", c.c_void_p)]


class ContextOptions(c.Structure):
    _fields_ = [
        ("struct_size", c.c_size_t),
        ("threads", c.c_int32),
        ("reserved", c.c_int32),
        ("max_isa", c.c_char_p),
        ("executor", Executor),
        ("arch", c.c_char_p),
    ]


STRUCTS = {
    "rapt_tensor": Tensor,
    "rapt_problem": Problem,
    "rapt_args": Args,
    "rapt_executor": Executor,
    "rapt_context_options": ContextOptions,
}

_SIGNATURES = {
    "rapt_last_error": (c.c_char_p, []),
    "rapt_version": (c.c_char_p, []),
    "rapt_problem_init": (None, [c.POINTER(Problem), c.c_size_t]),
    "rapt_context_create": (c.c_int32, [c.POINTER(ContextOptions), c.POINTER(c.c_void_p)]),
    "rapt_context_destroy": (None, [c.c_void_p]),
    "rapt_context_isa": (c.c_char_p, [c.c_void_p]),
    "rapt_plan_create": (c.c_int32, [c.c_void_p, c.c_void_p, c.POINTER(c.c_void_p)]),
    "rapt_plan_destroy": (None, [c.c_void_p]),
    "rapt_plan_workspace": (c.c_size_t, [c.c_void_p]),
    "rapt_plan_kernel": (c.c_char_p, [c.c_void_p]),
    "rapt_run": (c.c_int32, [c.c_void_p, c.POINTER(Args), c.c_void_p, c.c_size_t, c.c_void_p]),
}


class Error(RuntimeError):
    """A status other than RAPT_OK, with the library's sentence."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


def dense(kind, *shape):
    """rapt_dense: a row-major tensor of four dimensions without gaps."""
    strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1]
    return Tensor(kind, 0, (c.c_int64 * 4)(*shape), (c.c_int64 * 4)(*strides), 0)


class Library:
    def __init__(self, path):
        self.abi = c.CDLL(path)
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(self.abi, name)
            function.restype, function.argtypes = result, arguments

    def version(self):
        return self.abi.rapt_version().decode()

    def check(self, status):
        if status != 0:
            raise Error(status, self.abi.rapt_last_error().decode())

    def problem(self, **fields):
        """RAPT_PROBLEM_INIT with these fields set."""
        problem = Problem()
        self.abi.rapt_problem_init(c.byref(problem), c.sizeof(problem))
        for name, value in fields.items():
            setattr(problem, name, value)
        return problem


class Context:
    def __init__(self, library, threads=0, max_isa=None):
        self.library = library
        self.handle = c.c_void_p()
        options = ContextOptions(c.sizeof(ContextOptions), threads, 0, max_isa.encode() if max_isa else None, Executor())
        library.check(library.abi.rapt_context_create(c.byref(options), c.byref(self.handle)))

    def __del__(self):
        if self.handle:
            self.library.abi.rapt_context_destroy(self.handle)

    def isa(self):
        return self.library.abi.rapt_context_isa(self.handle).decode()


class Plan:
    """A plan and the workspace of its one run in flight."""

    def __init__(self, context, problem):
        self.context, self.abi = context, context.library.abi
        self.handle = c.c_void_p()
        context.library.check(self.abi.rapt_plan_create(context.handle, c.byref(problem), c.byref(self.handle)))
        self.bytes = self.abi.rapt_plan_workspace(self.handle)
        self.buffer = (c.c_char * (self.bytes + ALIGNMENT))()
        self.workspace = -(-c.addressof(self.buffer) // ALIGNMENT) * ALIGNMENT

    def __del__(self):
        if self.handle:
            self.abi.rapt_plan_destroy(self.handle)

    def kernel(self):
        return self.abi.rapt_plan_kernel(self.handle).decode()

    def run(self, args, workspace=None, stream=None):
        """The cuda engine wants a workspace of the device's, and launches on the stream."""
        status = self.abi.rapt_run(self.handle, c.byref(args), workspace or self.workspace, self.bytes, stream)
        if status != 0:
            self.context.library.check(status)


def make_args(**pointers):
    return Args(struct_size=c.sizeof(Args), **pointers)
