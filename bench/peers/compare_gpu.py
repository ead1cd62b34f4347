"""Ours beside PyTorch's attention on one GPU: the same tensors, in turns, in one process, each call with a cold L2. Writes JSON.

The keys are those of `rapt bench --json`, so that `rapt report` and chart.py read them.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import json
import pathlib
import sys
import time

import problems
import rapt

NO_DEVICE = 3  # exit code
WRONG = {"f16": 1e-2, "bf16": 3e-2}  # errors beyond rounding: outputs are of the order of 1 and less
JUDGED = 24  # rows


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problems", nargs="*", default=["bf16:b2,hq16,sq8192,d128", "bf16:b2,hq16,sq8192,d128:causal=br"], help="problem strings")
    parser.add_argument("--library", default="librapt.so", help="built with CUDA")
    parser.add_argument("--rounds", type=int, default=20, help="trials of each (default 20)")
    parser.add_argument("--budget", type=float, default=1e9, metavar="SECONDS", help="begin no problem past this")
    parser.add_argument("--json", type=pathlib.Path, help="write the results here, after each problem")
    return parser.parse_args()


class Gpu:
    """The clock, the cold L2 and the ceilings."""

    def __init__(self, torch):
        self.torch, self.facts = torch, torch.cuda.get_device_properties(0)
        # Also long enough (0.2 ms) for the host to launch what is timed after it.
        self.other = torch.empty(max(512 << 20, 2 * self.facts.L2_cache_size), dtype=torch.uint8, device="cuda")

    def seconds(self, run, cold=True):
        begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        if cold:
            self.other.zero_()
        begin.record()
        run()
        end.record()
        end.synchronize()
        return 1e-3 * begin.elapsed_time(end)

    def product_gflops(self, n=8192):
        a, b = (self.torch.randn(n, n, device="cuda", dtype=self.torch.bfloat16) for _ in range(2))
        c = self.torch.empty_like(a)
        self.torch.matmul(a, b, out=c)
        return 2e-9 * n**3 / min(self.seconds(lambda: self.torch.matmul(a, b, out=c), cold=False) for _ in range(20))

    def copy_gbps(self, size=1 << 30):
        a, b = (self.torch.empty(size, dtype=self.torch.uint8, device="cuda") for _ in range(2))
        b.copy_(a)
        return 2e-9 * size / min(self.seconds(lambda: b.copy_(a), cold=False) for _ in range(20))


class Tensors:
    """q, k and v of a problem on the device, and the exact answer at some rows."""

    def __init__(self, torch, problem):
        self.torch, self.problem = torch, problem
        torch.manual_seed(20260)
        kind = {"f16": torch.float16, "bf16": torch.bfloat16}[problem.type]
        p = problem
        shape = lambda heads, rows: (p.batch, heads, rows, p.head_dim)
        self.q = torch.randn(shape(p.heads_q, p.seqlen_q), device="cuda", dtype=kind)
        self.k, self.v = (torch.randn(shape(p.heads_kv, p.seqlen_kv), device="cuda", dtype=kind) for _ in range(2))
        most = (p.batch, p.heads_q, p.seqlen_q)
        self.places = [tuple(n - 1 for n in most)] + [tuple(int(torch.randint(n, ())) for n in most) for _ in range(JUDGED - 1)]
        self.exact = [self._answer(*place) for place in self.places]

    def _answer(self, b, h, i):
        p = self.problem
        seen, kv = p.visible(i), h // (p.heads_q // p.heads_kv)
        weights = self.torch.softmax(self.k[b, kv, :seen].double() @ self.q[b, h, i].double() / p.head_dim**0.5, 0)
        return weights @ self.v[b, kv, :seen].double()

    def error(self, o):
        """Greatest |o - exact| at those rows; NaN stays."""
        return float(self.torch.stack([(o[place].double() - exact).abs().max() for place, exact in zip(self.places, self.exact)]).max())


class Ours:
    def __init__(self, torch, library, data):
        p = data.problem
        self.o = torch.full_like(data.q, float("nan"))
        described = {name: rapt.dense(rapt.TYPES[p.type], *x.shape) for name, x in (("q", data.q), ("k", data.k), ("v", data.v), ("o", self.o))}
        self.context = rapt.Context(library)
        self.plan = rapt.Plan(self.context, library.problem(engine=rapt.ENGINE_CUDA, causal=int(p.causal), **described))
        self.kernel = self.plan.kernel()
        self.workspace = torch.empty(max(1, self.plan.bytes), dtype=torch.uint8, device="cuda")
        self.args = rapt.make_args(q=data.q.data_ptr(), k=data.k.data_ptr(), v=data.v.data_ptr(), o=self.o.data_ptr())
        self.stream = torch.cuda.current_stream().cuda_stream

    def run(self):
        self.plan.run(self.args, self.workspace.data_ptr(), self.stream)


class Torch:
    """One backend of scaled_dot_product_attention; whatever it refuses, it raises."""

    def __init__(self, torch, backend, data):
        from torch.nn.attention import SDPBackend

        p = data.problem
        if p.causal and p.seqlen_q > 1 and p.seqlen_q != p.seqlen_kv:
            raise NotImplementedError("torch has no bottom-right causal mask")
        self.torch, self.data, self.kernel = torch, data, f"torch {backend}"
        self.backend = getattr(SDPBackend, backend)
        self.options = {"is_causal": p.causal and p.seqlen_q > 1, "enable_gqa": p.heads_q != p.heads_kv}

    def run(self):
        from torch.nn.attention import sdpa_kernel

        with self.torch.inference_mode(), sdpa_kernel(self.backend):
            self.o = self.torch.nn.functional.scaled_dot_product_attention(self.data.q, self.data.k, self.data.v, **self.options)


BACKENDS = {"torch_flash": "FLASH_ATTENTION", "torch_cudnn": "CUDNN_ATTENTION", "torch_efficient": "EFFICIENT_ATTENTION"}


def contenders(torch, library, data):
    """[(name, contender that has run)] and the sentences of those that refuse."""
    makers = {"cuda": lambda: Ours(torch, library, data)}
    makers.update({name: lambda backend=backend: Torch(torch, backend, data) for name, backend in BACKENDS.items()})
    running, refused = [], []
    for name, make in makers.items():
        try:
            contender = make()
            contender.run()
            torch.cuda.synchronize()
            running.append((name, contender))
        except Exception as error:  # a peer's refusal has any type
            refused.append({"problem": None, "engine": name, "reason": (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]})
    return running, refused


def measure(torch, gpu, library, text, options, context):
    problem = problems.parse(text)
    data = Tensors(torch, problem)
    running, refused = contenders(torch, library, data)
    trials = {name: [] for name, _ in running}
    for turn in range(options.rounds):
        for i in range(len(running)):
            name, contender = running[(i + turn) % len(running)]
            trials[name].append(gpu.seconds(contender.run))
    rows = []
    for name, contender in running:
        ordered, error = sorted(trials[name]), data.error(contender.o)
        best = ordered[0]
        row = {"problem": text, "engine": name, "kernel": contender.kernel, "best_s": best, "p25_s": ordered[(len(ordered) - 1) // 4]}
        row.update(median_s=ordered[len(ordered) // 2], trials=len(ordered), gflops=problem.flops() / best * 1e-9)
        row.update(peak_share=row["gflops"] / context["product_gflops"], gbps=problem.unique_bytes() / best * 1e-9)
        row.update(bandwidth_share=row["gbps"] / context["copy_gbps"], error_of_bound=None, max_error=error)
        if error <= WRONG[problem.type]:
            rows.append(row)
        else:
            refused.append({"engine": name, "reason": f"wrong by {error:.1e}: how fast does not matter"})
    return rows, [{**refusal, "problem": text} for refusal in refused]


def print_rows(rows, refused):
    ours = next((row["best_s"] for row in rows if row["engine"] == "cuda"), None)
    for row in rows:
        beside = f"{row['best_s'] / ours:.2f}x" if ours else "-"
        print(f"{row['problem']:44} {row['engine']:15} {row['best_s'] * 1e6:10.1f} us {row['gflops'] * 1e-3:8.1f} TFLOP/s", end="")
        print(f" {100 * row['peak_share']:5.1f} % {row['gbps']:8.1f} GB/s {100 * row['bandwidth_share']:5.1f} % {beside:>7}  error {row['max_error']:.1e}")
    for refusal in refused:
        print(f"{refusal['problem']:44} {refusal['engine']:15} {refusal['reason']}")
    sys.stdout.flush()


def main():
    options, begin = parse_arguments(), time.monotonic()
    try:
        import torch
    except ImportError:
        print("compare_gpu: no PyTorch in this Python", file=sys.stderr)
        return NO_DEVICE
    if not torch.cuda.is_available():
        print("compare_gpu: no device that PyTorch sees", file=sys.stderr)
        return NO_DEVICE
    gpu, library = Gpu(torch), rapt.Library(options.library)
    context = {"cpu": "", "isa": "", "threads": 1, "fma_peak_gflops": 0, "read_gbps": 0, "gpu": gpu.facts.name, "driver": str(torch.version.cuda)}
    context.update(copy_gbps=gpu.copy_gbps(), product_gflops=gpu.product_gflops(), version=library.version(), commit="")
    context["versions"] = {"torch": torch.__version__, "torch's cuDNN": str(torch.backends.cudnn.version())}
    print(f"{gpu.facts.name}; 16-bit product {context['product_gflops'] * 1e-3:.1f} TFLOP/s, copy {context['copy_gbps']:.1f} GB/s; {context['versions']}")
    document = {"context": context, "results": [], "refused": []}
    for text in options.problems:
        if time.monotonic() - begin > options.budget:
            break
        rows, refused = measure(torch, gpu, library, text, options, context)
        print_rows(rows, refused)
        document["results"] += rows
        document["refused"] += refused
        if options.json:
            options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
