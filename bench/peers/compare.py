"""Ours beside what one would use instead: the same tensors, as many threads, in turns, in one process. Adds its rows to a JSON file.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import datetime
import functools
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT_OF_TIME = 3  # exit code: rows are left for another call
QUIET = 0.15  # cores that others may use while a row is measured
WRONG = {"f32": 1e-5, "f16": 1e-2, "bf16": 3e-2}  # errors beyond rounding: outputs are of the order of 1 and less

# What holds a peer down to AVX2, from the environment before it is loaded. ONNX Runtime's kernels know no such variable.
AVX2_ENVIRONMENT = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
NOT_HELD = "onnxruntime"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problems", nargs="*", help="problem strings instead of the list")
    parser.add_argument("--quick", action="store_true", help="a short list, under a minute")
    parser.add_argument("--rows", default="", metavar="REGEX", help="only problems that match, for example '^bf16' or sq1,")
    parser.add_argument("--threads", default="1,2", help="thread counts (default 1,2)")
    parser.add_argument("--isa", choices=["", "avx2"], default="", help="hold ours and, where they can be, the peers to this")
    parser.add_argument("--rounds", type=int, default=20, help="trials of each engine (default 20)")
    parser.add_argument("--engine-seconds", type=float, default=4, help="a peer that needs longer for its trials gets fewer, at least 3")
    parser.add_argument("--budget", type=float, default=1e9, metavar="SECONDS", help=f"begin no row past this and exit with {OUT_OF_TIME}")
    parser.add_argument("--again", action="store_true", help="also rows that the file has already")
    parser.add_argument("--only", default="", metavar="NAME,...", help="ours beside these only: torch, onnxruntime, ggml")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "build/peers/results.json", help="where rows are added")
    parser.add_argument("--library", default=ROOT / "build/bench/host/librapt.so")
    parser.add_argument("--ceilings", default=ROOT / "build/bench/bench/librapt_ceilings.so")
    parser.add_argument("--ggml", default=ROOT / "build/peers/ggml/bin", help="folder of libggml-cpu.so; with --isa avx2 that and -avx2")
    return parser.parse_args()


def hold_to(isa):
    """Starts this program again with the environment that holds peers to an instruction set, as it must be there when they load."""
    missing = {name: value for name, value in AVX2_ENVIRONMENT.items() if isa == "avx2" and os.environ.get(name) != value}
    if missing:
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **missing})


class Machine:
    """Ours, the peers that load, the ceilings, and what they say of themselves."""

    def __init__(self, options):
        import ceilings
        import engine_rapt

        self.ceilings = ceilings.Ceilings(str(options.ceilings))
        self.not_held = [NOT_HELD] if options.isa else []
        self.versions, self.isa, ours = engine_rapt.load(str(options.library), options.isa or None)
        self.makers, self.absent = [("rapt", ours)], {}
        ggml = str(options.ggml).replace("/ggml/", "/ggml-avx2/") if options.isa == "avx2" else str(options.ggml)
        for name, arguments in (("torch", []), ("onnxruntime", []), ("ggml", [ggml])):
            if options.only and name not in options.only.split(","):
                continue
            try:
                module = __import__({"onnxruntime": "engine_onnx"}.get(name, f"engine_{name}"))
                versions, make = module.load(*arguments)
            except (ImportError, OSError) as error:
                self.absent[name] = str(error)
                continue
            self.versions.update(versions)
            self.makers.append((name, make))

    def describe(self):
        commit = subprocess.run(["git", "describe", "--always", "--dirty", "--tags"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        return {
            "cpu": self.ceilings.cpu_name(),
            "isa": self.isa,
            "commit": commit or "unknown",
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "system": platform.platform(),
            "python": platform.python_version(),
            "versions": self.versions,
            "absent": self.absent,
            "not_held_to_isa": self.not_held,
        }

    def engines(self, data, threads):
        """Engines that take the problem, each with a runner that has run it, and the sentences of the peers that refuse it."""
        import turns

        engines, refusals = [], {}
        for name, make in self.makers:
            try:
                engines += [(engine, turns.Runner(engine.name, engine.run)) for engine in make(data, threads)]
            except Exception as error:  # a peer's refusal has any type
                if name == "rapt":
                    raise
                refusals[name] = str(error).strip().splitlines()[-1][:200]
        return engines, refusals


@functools.lru_cache(maxsize=1)  # one for all thread counts of a problem
def tensors_of(text):
    import problems
    import tensors

    return tensors.Tensors(problems.parse(text))


def measure(machine, text, threads, options):
    import tensors
    import turns

    data = tensors_of(text)
    problem = data.problem
    engines, refusals = machine.engines(data, threads)
    runners = [runner for _, runner in engines]
    if problem.decode:
        read = lambda: sum(machine.ceilings.read_seconds(x, threads) for x in (data.k, data.v))
        runners.append(turns.Reading("read", read))
    peaks = {"fma": machine.ceilings.fma_peak_gflops, "bf16": machine.ceilings.bf16_peak_gflops}
    before = {name: peak(threads, machine.isa) for name, peak in peaks.items()}
    others = turns.OthersAtWork()
    turns.take(runners, options.rounds, options.engine_seconds)
    others = round(others.cores(), 3)
    peak = {name: round(max(before[name], peak(threads, machine.isa)), 1) for name, peak in peaks.items()}
    result = {"problem": text, "threads": threads, "isa": machine.isa, "seed": tensors.SEED, "others_at_work": others, "peak_gflops": peak}
    if problem.decode:
        best, p25 = runners.pop().times()
        bytes_read = data.k.nbytes + data.v.nbytes
        result["read_gbps"] = {"best": round(bytes_read / best * 1e-9, 2), "p25": round(bytes_read / p25 * 1e-9, 2)}
    result["engines"], result["refusals"] = [], refusals
    for engine, runner in engines:
        error = data.error(engine.output())
        if error <= WRONG[problem.type]:
            result["engines"].append(row(problem, engine, runner, error))
        elif engine.name == "rapt":
            raise SystemExit(f"{text}: ours is wrong by {error:.1e}")
        else:
            refusals[engine.name] = f"wrong by {error:.1e}: how fast does not matter"
    return result


def row(problem, engine, runner, error):
    best, p25 = runner.times()
    return {
        "engine": engine.name,
        "kernel": engine.kernel,
        "trials": len(runner.seconds),
        "best_s": best,
        "p25_s": p25,
        "gflops": round(problem.flops() / best * 1e-9, 2),
        "gbps": round(problem.unique_bytes() / best * 1e-9, 3),
        "max_error": error,
    }


class Results:
    """The file: {"runs": [context], "results": [row with the index of its run]}. Rewritten whole after every row."""

    def __init__(self, path, context):
        self.path = path
        self.content = json.loads(path.read_text()) if path.exists() else {"runs": [], "results": []}
        if context not in self.content["runs"]:
            self.content["runs"].append(context)
        self.run = self.content["runs"].index(context)

    def _find(self, text, threads):
        """Of this run: a row of another commit, day or instruction set is another row."""
        return next((r for r in self.content["results"] if (r["run"], r["problem"], r["threads"]) == (self.run, text, threads)), None)

    def has(self, text, threads):
        """A row that others disturbed is measured again by the next call, twice at most."""
        row = self._find(text, threads)
        return row is not None and (row["others_at_work"] <= QUIET or row["attempts"] >= 3)

    def add(self, result):
        """Of two attempts the less disturbed one stays."""
        row, before = {"run": self.run, **result, "attempts": 1}, self._find(result["problem"], result["threads"])
        if before is not None:
            self.content["results"].remove(before)
            row = {**min(row, before, key=lambda r: r["others_at_work"]), "attempts": before["attempts"] + 1}
        self.content["results"].append(row)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.content, indent=1) + "\n")
        new.replace(self.path)


def print_row(result):
    ours = result["engines"][0]
    unit = "gbps" if "read_gbps" in result else "gflops"
    peaks = result["peak_gflops"]
    print(f"{result['problem']}, {result['threads']} threads, peak of FMA {peaks['fma']}, of bf16 {peaks['bf16']} GFLOP/s", end="")
    print(f", read {result['read_gbps']['best']} GB/s" if "read_gbps" in result else "", end="")
    print(f", others at work on {result['others_at_work']} cores" if result["others_at_work"] > QUIET else "")
    for e in result["engines"]:
        print(f"  {e['engine']:14} {e['best_s'] * 1e3:9.3f} ms {e[unit]:8.2f} {unit}  {e['best_s'] / ours['best_s']:6.2f}  error {e['max_error']:.1e}")
    for name, sentence in result["refusals"].items():
        print(f"  {name}: {sentence}")
    sys.stdout.flush()


def main():
    options = parse_arguments()
    hold_to(options.isa)
    begin = time.monotonic()
    import problems

    texts = options.problems or (problems.quick_rows() if options.quick else problems.rows())
    texts = [text for text in texts if re.search(options.rows, text)]
    machine = Machine(options)
    results = Results(options.json, machine.describe())
    for name, reason in machine.absent.items():
        print(f"{name} is not here: {reason}", file=sys.stderr)
    for text in texts:
        for threads in (int(n) for n in options.threads.split(",")):
            if results.has(text, threads) and not options.again:
                continue
            if time.monotonic() - begin + problems.seconds_of(text, threads, options) > options.budget:
                print("rows are left: call again", file=sys.stderr)
                return OUT_OF_TIME
            result = measure(machine, text, threads, options)
            results.add(result)
            print_row(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
