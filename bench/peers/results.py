"""What compare.py wrote, as tables and charts read it.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import dataclasses
import json
import pathlib

import problems

OURS = "rapt"
# A peer's operators are one peer: its fastest counts.
PEERS = {
    "PyTorch": ("torch",),
    "ONNX Runtime": ("ort MHA", "ort GQA", "ort Attention"),
    "llama.cpp": ("llama.cpp",),
}


@dataclasses.dataclass
class Row:
    text: str
    problem: problems.Problem
    threads: int
    ours: dict
    peers: dict  # by name of PEERS: its fastest engine's row, or None
    peak: float  # GFLOP/s: of bf16 dot products for bf16 where the machine has them, else of FMAs
    read: dict  # GB/s {"best", "p25"} of the same keys and values, or None
    context: dict  # of its run

    def ratio(self, peer, time="best_s"):
        """How often ours is done while the peer is done once."""
        row = self.peers[peer]
        return None if row is None else row[time] / self.ours[time]

    def share(self, engine):
        """Of the peak (prefill), or of a plain read (decode), 0 to 1."""
        if self.read is not None:
            return engine["gbps"] / self.read["best"]
        return engine["gflops"] / self.peak


def fastest(engines, names):
    return min((e for e in engines if e["engine"] in names), key=lambda e: e["best_s"], default=None)


def load(path):
    content = json.loads(pathlib.Path(path).read_text())
    rows = []
    for r in content["results"]:
        problem, peaks = problems.parse(r["problem"]), r["peak_gflops"]
        rows.append(
            Row(
                text=r["problem"],
                problem=problem,
                threads=r["threads"],
                ours=fastest(r["engines"], (OURS,)),
                peers={peer: fastest(r["engines"], names) for peer, names in PEERS.items()},
                peak=(problem.type == "bf16" and peaks["bf16"]) or peaks["fma"],
                read=r.get("read_gbps"),
                context=content["runs"][r["run"]],
            )
        )
    return rows


def contexts(rows):
    """The different runs of the rows, first first."""
    different = []
    for row in rows:
        if row.context not in different:
            different.append(row.context)
    return different


def caption(context):
    versions = ", ".join(f"{name} {version}" for name, version in context["versions"].items())
    free = "".join(f" ({name} uses wider vectors)" for name in context["not_held_to_isa"])
    return f"{context['cpu']}, {context['isa']}{free}, {context['date']}, commit {context['commit']}; {versions}"
