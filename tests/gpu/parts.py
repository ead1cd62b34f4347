"""The parts of on_gpu: what each runs, and when it has passed.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import json
import shutil
import subprocess

from work import NO_DEVICE, Absent, Failed

SMI = "name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.draw,power.limit,temperature.gpu,ecc.mode.current"

CHECKERS = ("memcheck", "initcheck", "synccheck", "racecheck")
FINDING = 9  # exit code of a checker that found something

# A look at everything within the limits; --problems or parts presets and sweep for more.
PREFILL = [f"bf16:b{16384 // n},hq16,sq{n},d128{mask}" for n in (512, 2048, 8192, 16384) for mask in ("", ":causal=br")]
PREFILL += [f"bf16:b2,hq{2048 // d},sq8192,d{d}{mask}" for d in (64, 256) for mask in ("", ":causal=br")] + ["f16:b2,hq16,sq8192,d128:causal=br"]
DECODE = [f"bf16:b{b},hq32,hkv8,sq1,sk{n},d128{pages}" for b, n in ((1, 1024), (1, 8192), (1, 131072), (16, 8192)) for pages in ("", "::page16")]


def parsed(output):
    """The JSON document in what a program printed."""
    try:
        return json.loads(output[output.index("{") : output.rindex("}") + 1])
    except ValueError:
        raise Failed("no JSON in what it printed; see log.txt") from None


def rows_to_try(w):
    """Options of `rapt validate`: the rows of the kernel table for this device, then those for every device since 8.0."""
    known = subprocess.run([w.program("rapt"), "validate", "--help"], capture_output=True, text=True, env=w.environment).stdout
    return ([], ["--arch", "sm_80"]) if "--arch" in known else ([],)


def machine(w):
    w.found["smi"] = ""
    if shutil.which("nvidia-smi"):
        w.found["smi"] = w.run(["nvidia-smi", f"--query-gpu={SMI}", "--format=csv"], refusal="")[1].strip()
    _, output, _ = w.run([w.program("rapt"), "info"], refusal=f"{NO_DEVICE}|no NVIDIA driver")
    w.found["info"] = output
    if not w.options.dry_run and "cuda/" not in "".join(line for line in output.splitlines() if "runs here" in line):
        raise Failed("no row of the kernel table runs here")


def instructions(w):
    """Every wrapped instruction on this device; then the same against the pure semantics that the emulator is held to."""
    rc, output, _ = w.run([w.program("contract_record")])
    if w.options.dry_run:
        return
    with open(w.out("hardware.txt"), "w") as file:
        file.write(output)
    w.environment["RAPT_HARDWARE_RECORD"] = w.out("hardware.txt")
    held, _, _ = w.run([w.program("contract_test"), "--gtest_filter=ContractOnHardware.*"])
    if rc != 0 or held != 0:
        raise Failed("an instruction could not be recorded" if rc != 0 else "hardware and semantics differ; the names are in log.txt")


def judge_engine(document):
    """The one engine of a `rapt validate --json` document, which must have judged something and failed nothing."""
    engine = document["engines"][0]
    if engine["problems"] == 0 or engine["failed"] > 0:
        raise Failed(f"{engine['failed']} of {engine['problems']} problems are beyond the bound: {(engine['failures'] or ['none was judged'])[0][:300]}")
    return engine


def suite(w):
    """The full suite on the rows for this device, then on those of sm_80, which run on later devices too."""
    w.found["suite"] = {}
    for rows in rows_to_try(w):
        command = [w.program("rapt"), "validate", "--json", "--engine", "cuda", *rows, "--suite", "full", "--seconds", round(0.4 * w.limit, 1)]
        _, output, timed_out = w.run(command)
        if w.options.dry_run:
            continue
        if timed_out:
            raise Failed("out of time within one problem; see log.txt")
        w.found["suite"][" ".join(rows) or "device"] = parsed(output)
        engine = judge_engine(parsed(output))
        w.note += f"{engine['problems']} problems, {engine['refused']} refused, worst {engine['error_of_bound']:.3f} of the bound; "


def random(w):
    """Random problems shared among processes, every other one on the rows of sm_80; every row that was reached, how often and how near the
    bound."""
    rows = rows_to_try(w)
    processes = len(rows) if w.options.dry_run else max(len(rows), w.options.processes)
    each = -(-w.options.random // processes)
    begin = [w.program("rapt"), "validate", "--json", "--engine", "cuda", "--threads", 1, "--tiles", "--seconds", round(0.85 * w.left(), 1)]
    commands = [[*begin, *rows[i % len(rows)], "--random", each, "--seed", w.options.seed + i * each] for i in range(processes)]
    running = [(w.start(command), command) for command in commands]
    done = [w.finish(process, command) for process, command in running]
    if w.options.dry_run:
        return
    kernels, problems, refused, failures = {}, 0, 0, []
    for _, output, _ in done:
        engine = parsed(output)["engines"][0]
        problems, refused, failures = problems + engine["problems"], refused + engine["refused"], failures + engine["failures"]
        for kernel in engine["kernels"]:
            seen = kernels.setdefault(kernel["kernel"], {"problems": 0, "failed": 0, "error_of_bound": 0})
            seen["problems"] += kernel["problems"]
            seen["failed"] += kernel["failed"]
            if kernel["error_of_bound"] >= seen["error_of_bound"]:
                seen.update(error_of_bound=kernel["error_of_bound"], worst_problem=kernel["worst_problem"])
    w.found["random"] = {"problems": problems, "refused": refused, "failures": failures[:100], "kernels": kernels}
    w.note = f"{problems} problems on {len(kernels)} rows, {refused} refused"
    if failures or problems == 0:
        raise Failed(f"{w.note}, {len(failures)} failed: {(failures or ['none was judged'])[0][:300]}")


def sanitizers(w):
    """A reduced set under each checker: memory, reads of what nobody wrote, barriers, races in shared memory."""
    checker = shutil.which("compute-sanitizer") or shutil.which("/usr/local/cuda/bin/compute-sanitizer")
    validate = [w.program("rapt"), "validate", "--json", "--engine", "cuda", "--exact-memory", "--suite", "tiny"]
    if w.options.dry_run:
        w.run(validate)
    if checker is None:
        raise Absent("compute-sanitizer, of the CUDA toolkit, is not on this machine")
    w.found["sanitizers"] = {}
    for i, name in enumerate(CHECKERS):
        command = [checker, "--tool", name, "--error-exitcode", FINDING, *validate, "--seconds", round(0.85 * w.left() / (len(CHECKERS) - i), 1)]
        rc, output, timed_out = w.run(command)
        if w.options.dry_run:
            continue
        if rc != 0 or timed_out:
            raise Failed(f"{name}: {'a finding' if rc == FINDING else 'out of time' if timed_out else f'rc {rc}'}; see log.txt")
        engine = judge_engine(parsed(output))
        w.found["sanitizers"][name] = {"problems": engine["problems"], "refused": engine["refused"], "kernels": engine["kernels"]}
        w.note += f"{name}: {engine['problems']} problems; "


def beside(w, command, file, refusal=NO_DEVICE):
    """A comparison, whose clocks and power are read while it runs."""
    monitor = None
    if shutil.which("nvidia-smi") and not w.options.dry_run:
        monitor = w.start(["nvidia-smi", f"--query-gpu={SMI}", "--format=csv,noheader", "-lms", "500"])
    rc, _, timed_out = w.run([*command, "--json", w.out(file)], refusal)
    if monitor:
        monitor.terminate()
        w.found["clocks_and_power"] = [line.strip() for line in monitor.communicate()[0].splitlines()]
    if not w.options.dry_run and (rc != 0 or timed_out):
        raise Failed(f"rc {rc}; what was measured is in {file}")
    w.note = file


def compare(w):
    problems = w.options.problems.split() or PREFILL + DECODE
    beside(w, [w.program("rapt_compare_cuda"), "--rounds", 20, "--budget", round(0.85 * w.left()), *problems], "compare.json")


def sweep(w):
    beside(w, [w.program("rapt_compare_cuda"), "--rounds", 20, "--budget", round(0.85 * w.left()), "gpu_prefill", "gpu_decode"], "sweep.json")


def presets(w):
    beside(w, [w.program("rapt_compare_cuda"), "--rounds", 20, "--budget", round(0.85 * w.left()), "model"], "presets.json")


def torch(w):
    script, library = w.options.pack / "python" / "compare_gpu.py", w.options.pack / "lib" / "librapt.so"
    problems = w.options.problems.split() or [problem for problem in PREFILL + DECODE if "page" not in problem]
    command = [w.options.python, script, "--library", library, "--rounds", 20, "--budget", round(0.85 * w.left()), *problems]
    beside(w, command, "torch.json", refusal="no device|no PyTorch")


def google(w):
    command = [w.program("rapt_bench"), "--engine=cuda", "--benchmark_out_format=json", f"--benchmark_out={w.out('google.json')}"]
    rc, _, timed_out = w.run([*command, "--benchmark_min_time=0.05", "--benchmark_filter=forward/cuda/bf16"])
    if not w.options.dry_run and (rc != 0 or timed_out):
        raise Failed(f"rc {rc}")


def conformance(w):
    """The tests of tests/conformance on the engine cuda. What it refuses is counted apart from what it gets wrong."""
    programs = sorted((w.options.pack / "bin" / "conformance").glob("*_test"))
    if not programs:
        raise Absent("no conformance programs were packed")
    passed, refused, failed = 0, [], []
    for program in programs:
        report = w.out("conformance.json")
        # Without a device there is no machine called Cuda, hence no test.
        w.run([program, "--gtest_filter=*Cuda*", f"--gtest_output=json:{report}"], refusal="0 tests from 0 test suites ran")
        if w.options.dry_run:
            continue
        with open(report) as file:
            tests = [test for suite in json.load(file)["testsuites"] for test in suite["testsuite"]]
        for test in tests:
            sentences = " ".join(failure["failure"] for failure in test.get("failures", []))
            passed += not sentences
            if sentences:
                (refused if "RAPT_UNSUPPORTED" in sentences else failed).append(f"{test['classname']}.{test['name']}")
    w.found["conformance"] = {"passed": passed, "refused": refused, "failed": failed}
    w.note = f"{passed} passed, {len(refused)} met a refusal, {len(failed)} failed"
    if failed:
        raise Failed(w.note)


# Name: seconds at most, and the part.
PARTS = {
    "machine": (20, machine),
    "instructions": (60, instructions),
    "suite": (60, suite),
    "random": (150, random),
    "sanitizers": (120, sanitizers),
    "compare": (110, compare),
    "torch": (60, torch),
    "conformance": (500, conformance),
    "sweep": (500, sweep),
    "presets": (300, presets),
    "google": (300, google),
}
