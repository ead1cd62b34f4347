"""The rows that are compared, as problem strings, and the part of the problem grammar that they use.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import dataclasses
import re

BYTES = {"f32": 4, "f16": 2, "bf16": 2}


@dataclasses.dataclass(frozen=True)
class Problem:
    """TYPE:b..,hq..,hkv..,sq..,sk..,d..[:causal=br]. Masks are bottom-right; one query row sees all keys whether causal or not."""

    type: str
    batch: int
    heads_q: int
    heads_kv: int
    seqlen_q: int
    seqlen_kv: int
    head_dim: int
    causal: bool

    @property
    def decode(self):
        return self.seqlen_q == 1

    def visible(self, row):
        """How many keys query row `row` sees: the first so many."""
        return min(self.seqlen_kv, row + 1 + self.seqlen_kv - self.seqlen_q) if self.causal else self.seqlen_kv

    def flops(self):
        """Two products, a multiplication and an addition each, for every pair that is kept."""
        return 4 * self.batch * self.heads_q * self.head_dim * sum(self.visible(i) for i in range(self.seqlen_q))

    def unique_bytes(self):
        q_and_o = 2 * self.heads_q * self.seqlen_q
        k_and_v = 2 * self.heads_kv * self.seqlen_kv
        return BYTES[self.type] * self.batch * self.head_dim * (q_and_o + k_and_v)


def parse(text):
    match = re.fullmatch(r"(f32|f16|bf16):([^:]*)(:causal=br)?", text)
    sizes = dict(re.findall(r"(b|hq|hkv|sq|sk|d)(\d+)(?:,|$)", match.group(2))) if match else {}
    if not match or not {"hq", "sq", "d"} <= sizes.keys():
        raise ValueError(f'"{text}" is not a problem of this comparison: write for example f32:hq8,sq1024,d128:causal=br')
    sizes = {name: int(value) for name, value in sizes.items()}
    return Problem(
        type=match.group(1),
        batch=sizes.get("b", 1),
        heads_q=sizes["hq"],
        heads_kv=sizes.get("hkv", sizes["hq"]),
        seqlen_q=sizes["sq"],
        seqlen_kv=sizes.get("sk", sizes["sq"]),
        head_dim=sizes["d"],
        causal=match.group(3) is not None,
    )


MASKS = ("", ":causal=br")


def prefill(kind, seqlens):
    return [f"{kind}:hq8,sq{n},d{d}{mask}" for d in (64, 128) for n in seqlens for mask in MASKS]


def short(kind):
    return [f"{kind}:b64,hq12,sq128,d64"]


def decode(kind, seqlens):
    return [f"{kind}:{heads},sq1,sk{n},d128" for heads in ("hq8", "hq32,hkv8") for n in seqlens]


def rows():
    """Everything: under 15 minutes for one and two threads."""
    list_ = prefill("f32", (512, 1024, 2048, 4096))
    for kind in ("bf16", "f16"):
        list_ += prefill(kind, (1024, 4096))
    for kind in ("f32", "f16", "bf16"):
        list_ += short(kind)
    for kind in ("f32", "f16", "bf16"):
        list_ += decode(kind, (4096, 16384, 65536))
    return list_


def quick_rows():
    """A look at every kind of row: under a minute."""
    list_ = [f"f32:hq8,sq1024,d128{mask}" for mask in MASKS] + [f"{kind}:hq8,sq1024,d128" for kind in ("bf16", "f16")] + short("f32")
    for kind in ("f32", "f16", "bf16"):
        list_ += [f"{kind}:hq32,hkv8,sq1,sk16384,d128"]
    return list_


def seconds_of(text, threads, options):
    """A generous guess at how long a row takes: so that a budget is kept."""
    problem = parse(text)
    once = problem.flops() / (150e9 * threads) + problem.unique_bytes() / 10e9
    trials = max(options.rounds * max(once, 5e-3), 0)
    return 2 + trials + 4 * min(options.engine_seconds + once, 1.5 * trials) * (1 if threads == 1 else 0.7)
