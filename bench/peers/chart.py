"""Charts from measurements:

    chart.py peers RESULTS.json OUT.svg [THREADS [ISA]]   ours beside the peers, from compare.py; the file's first instruction set
    chart.py sweep SWEEP.jsonl OUT.svg [THREADS]     ours over shapes, from rapt_sweep: are there cliffs?
    chart.py gpu RESULTS.json OUT.svg                ours beside the peers on a GPU, from rapt_compare_cuda or compare_gpu.py

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import collections
import json
import pathlib
import re
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

import problems
import results

matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "rapt", "font.size": 8, "axes.spines.top": False, "axes.spines.right": False})
COLOURS = {"Rapt": "#0b5fa5", "PyTorch": "#e2711d", "ONNX Runtime": "#6a994e", "llama.cpp": "#8d6a9f"}


def engines_of(row):
    return {"Rapt": row.ours, **row.peers}


def percent(axes, title, of):
    axes.set(title=title, ylim=(0, 100))
    axes.set_ylabel(f"% of {of}")
    axes.grid(axis="y", alpha=0.3)


def prefill_lines(axes, rows, head_dim, causal):
    """Share of the FMA peak over the sequence length."""
    rows = [r for r in rows if r.text.startswith("f32:hq8") and not r.problem.decode]
    rows = sorted((r for r in rows if (r.problem.head_dim, r.problem.causal) == (head_dim, causal)), key=lambda r: r.problem.seqlen_q)
    for name, colour in COLOURS.items():
        points = [(r.problem.seqlen_q, 100 * r.share(engines_of(r)[name])) for r in rows if engines_of(r)[name]]
        axes.plot(*zip(*points) if points else ([], []), marker="o", markersize=3, color=colour, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks([r.problem.seqlen_q for r in rows], [str(r.problem.seqlen_q) for r in rows])
    axes.set_xlabel("tokens")
    percent(axes, f"f32, head_dim {head_dim}, {'causal' if causal else 'full'}", "FMA peak")


def bars(axes, named, title, of):
    """Groups of bars, one a row: named is [(label, row)]."""
    width = 0.8 / len(COLOURS)
    for i, (name, colour) in enumerate(COLOURS.items()):
        heights = [100 * row.share(engines_of(row)[name]) if engines_of(row)[name] else 0 for _, row in named]
        axes.bar([x + i * width for x in range(len(named))], heights, width, color=colour)
    axes.set_xticks([x + 1.5 * width for x in range(len(named))], [label for label, _ in named])
    percent(axes, title, of)


def half_precision_rows(rows):
    rows = [r for r in rows if r.problem.type != "f32" and r.text.split(":")[1].startswith("hq8,sq4096")]
    rows.sort(key=lambda r: (r.problem.type, r.problem.head_dim, r.problem.causal))
    return [(f"{r.problem.type}\nd{r.problem.head_dim}\n{'causal' if r.problem.causal else 'full'}", r) for r in rows]


def decode_rows(rows, heads):
    rows = [r for r in rows if r.problem.decode and r.problem.heads_q == heads and r.problem.seqlen_kv in (4096, 65536)]
    rows.sort(key=lambda r: (-problems.BYTES[r.problem.type], r.problem.type, r.problem.seqlen_kv))
    return [(f"{r.problem.type}\n{r.problem.seqlen_kv // 1024}k", r) for r in rows]


def draw_peers(path, out, threads="2", isa=None):
    rows = results.load(path)
    rows = [row for row in rows if row.threads == int(threads) and row.context["isa"] == (isa or rows[0].context["isa"])]
    figure = plt.figure(figsize=(10, 6.2))
    grid = figure.add_gridspec(2, 12)
    top = [figure.add_subplot(grid[0, 3 * i : 3 * i + 3]) for i in range(4)]
    for axes, (head_dim, causal) in zip(top, ((64, False), (64, True), (128, False), (128, True))):
        prefill_lines(axes, rows, head_dim, causal)
        axes.set_ylabel("% of FMA peak" if axes is top[0] else "")
    bottom = [figure.add_subplot(grid[1, 4 * i : 4 * i + 4]) for i in range(3)]
    bars(bottom[0], half_precision_rows(rows), "16 bits, 4096 tokens", "peak (bf16: of dot products)")
    bars(bottom[1], decode_rows(rows, 8), "decode, 8 query heads, 8 key heads", "a plain read")
    bars(bottom[2], decode_rows(rows, 32), "decode, 32 query heads, 8 key heads", "a plain read")
    figure.legend(*top[0].get_legend_handles_labels(), loc="upper center", ncols=4, frameon=False)
    context = rows[0].context
    figure.text(0.5, 0.005, f"{results.caption(context)}; {threads} thread{'s' if threads != '1' else ''}", ha="center", fontsize=6)
    figure.tight_layout(rect=(0, 0.02, 1, 0.95))
    figure.savefig(out, metadata={"Date": None})


PLAIN = re.compile(r"f32:(?:b\d+,)?hq8,sq(\d+),d(\d+)(:causal=br)?")  # self-attention of f32: lines; every other problem: a labelled dot
HEAD_DIM_SEQLEN = 768  # where the sweep walks through head_dim


def plain_lines(axes, points, key, label):
    """One axes of lines: key(match) gives the line and the place on it, or None."""
    lines = collections.defaultdict(list)
    for point in points:
        match = PLAIN.fullmatch(point["problem"])
        line_and_place = key(int(match[1]), int(match[2]), bool(match[3])) if match else None
        if line_and_place:
            lines[line_and_place[0]].append((line_and_place[1], 100 * point["share"]))
    for name, line in sorted(lines.items()):
        axes.plot(*zip(*sorted(line)), marker="o", markersize=3, linewidth=1, label=name)
    percent(axes, "", "FMA peak")
    axes.set_xlabel(label)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.legend(frameon=False, loc="lower right")


NEIGHBOURS = 1.07  # lengths at most so many times each other


def print_falls(points):
    """Of each line over tokens, where the share falls most from a length to a longer neighbour."""
    lines = collections.defaultdict(list)
    for point in points:
        match = PLAIN.fullmatch(point["problem"])
        if match and match[2] in ("64", "128"):
            lines[f"d{match[2]} {'causal' if match[3] else 'full'}"].append((int(match[1]), point["share"]))
    for name, line in sorted(lines.items()):
        pairs = [(a, b) for a, b in zip(sorted(line), sorted(line)[1:]) if b[0] <= NEIGHBOURS * a[0]]
        if not pairs:
            continue
        (shorter, before), (longer, after) = min(pairs, key=lambda pair: pair[1][1] / pair[0][1])
        print(f"{name}: {shorter} to {longer} tokens, {100 * before:.1f} to {100 * after:.1f} %: {100 * (1 - after / before):.0f} % less")


def draw_sweep(path, out, threads="1"):
    """Share of the FMA peak over tokens, over head_dim, and of every other problem of the sweep."""
    points = [json.loads(text) for text in pathlib.Path(path).read_text().splitlines()]
    points = [point for point in points if point["threads"] == int(threads)]
    others = [point for point in points if not PLAIN.fullmatch(point["problem"])]
    figure = plt.figure(figsize=(10, max(5, 1 + 0.13 * len(others))))
    grid = figure.add_gridspec(2, 2)
    over_tokens = figure.add_subplot(grid[0, 0])
    plain_lines(over_tokens, points, lambda n, d, causal: (f"d{d} {'causal' if causal else 'full'}", n) if d in (64, 128) else None, "tokens")
    over_head_dim = figure.add_subplot(grid[1, 0])
    plain_lines(over_head_dim, points, lambda n, d, causal: (f"{n} tokens", d) if n == HEAD_DIM_SEQLEN and not causal else None, "head_dim")
    dots = figure.add_subplot(grid[:, 1])
    dots.scatter([100 * point["share"] for point in others], range(len(others)), s=9)
    dots.set_yticks(range(len(others)), [point["problem"] for point in others], fontsize=6)
    dots.set(xlim=(0, 100), xlabel="% of FMA peak", ylim=(len(others) - 0.5, -0.5))
    dots.grid(alpha=0.3)
    print_falls(points)
    figure.suptitle(f"{points[0]['isa']}, {threads} thread{'s' if threads != '1' else ''}: share of the FMA peak, shape by shape", fontsize=9)
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


ON_GPU = {"cuda": ("Rapt", "#0b5fa5"), "cudnn": ("cuDNN", "#76b900"), "cublas": ("cuBLAS, unfused", "#777777")}
ON_GPU.update({"torch_flash": ("PyTorch flash", "#e2711d"), "torch_cudnn": ("PyTorch cuDNN", "#4f7a00"), "torch_efficient": ("PyTorch efficient", "#8d6a9f")})
OF_GPU = re.compile(r"(bf16|f16):(?:b(\d+),)?hq(\d+)(?:,hkv(\d+))?,sq(\d+)(?:,sk(\d+))?,d(\d+)(:causal=br)?(?:::?page(\d+))?")


def gpu_panels(results_):
    """{(title, unit): {engine: [(length, value)]}}: prefill by type, head size and mask over tokens, decode by batch and pages over keys."""
    panels = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in results_:
        match = OF_GPU.fullmatch(row["problem"])
        if not match:
            continue
        kind, batch, _, _, seqlen_q, seqlen_kv, head_dim, causal, page = match.groups()
        if seqlen_q == "1":
            title = f"decode {kind}, {batch or 1} sequence{'s' if batch else ''}, {f'pages of {page}' if page else 'plain'}"
            panels[title, "GB/s"][row["engine"]].append((int(seqlen_kv), row["gbps"]))
        else:
            title = f"{kind}, head_dim {head_dim}, {'causal' if causal else 'full'}"
            panels[title, "TFLOP/s"][row["engine"]].append((int(seqlen_q), row["gflops"] * 1e-3))
    return panels


def draw_gpu(path, out):
    document = json.loads(pathlib.Path(path).read_text())
    context, panels = document["context"], gpu_panels(document["results"])
    across = 3
    down = max(1, -(-len(panels) // across))
    figure = plt.figure(figsize=(10, 0.8 + 2.4 * down))
    for i, ((title, unit), engines) in enumerate(sorted(panels.items(), key=lambda panel: (panel[0][1] != "TFLOP/s", panel[0][0]))):
        axes = figure.add_subplot(down, across, i + 1)
        for engine, (_, colour) in ON_GPU.items():
            points = sorted(engines.get(engine, []))
            axes.plot(*zip(*points) if points else ([], []), marker="o", markersize=3, linewidth=1, color=colour)
        ceiling = context["product_gflops"] * 1e-3 if unit == "TFLOP/s" else context["copy_gbps"]
        axes.axhline(ceiling, color="#bbbbbb", linewidth=0.8)
        axes.set(title=title, ylim=(0, None), ylabel=unit, xlabel="keys" if unit == "GB/s" else "tokens")
        axes.set_xscale("log", base=2)
        axes.grid(axis="y", alpha=0.3)
    lines = [plt.Line2D([], [], color=colour, marker="o", markersize=3, label=name) for name, colour in ON_GPU.values()]
    figure.legend(handles=lines, loc="upper center", ncols=len(lines), frameon=False)
    versions = ", ".join(f"{name} {version}" for name, version in context["versions"].items())
    caption = f"{context['gpu']}, CUDA {context['driver']}, rapt {context['version']} {context['commit']}; {versions}; grey: matrix product, copy"
    figure.text(0.5, 0.005, caption, ha="center", fontsize=6)
    figure.tight_layout(rect=(0, 0.02, 1, 1 - 0.35 / (0.8 + 2.4 * down)))
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    {"peers": draw_peers, "sweep": draw_sweep, "gpu": draw_gpu}[sys.argv[1]](*sys.argv[2:])
