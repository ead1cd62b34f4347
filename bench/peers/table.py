"""The rows of compare.py as Markdown: table.py RESULTS.json

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import sys

import results


def milliseconds(engine):
    return "-" if engine is None else f"{engine['best_s'] * 1e3:.4g} ({engine['p25_s'] * 1e3:.4g})"


def faster(row, peer):
    best, p25 = row.ratio(peer), row.ratio(peer, "p25_s")
    return "-" if best is None else f"{best:.2f} ({p25:.2f})"


def error(engine):
    return "-" if engine is None else f"{engine['max_error']:.1e}"


def head(what):
    times = [f"{name}, ms | times faster" for name in results.PEERS]
    cells = ["problem", "threads", "ours, ms", *what, *times, "error: ours", *results.PEERS]
    line = "| " + " | ".join(cells) + " |"
    return line + "\n|" + "---|" * (line.count("|") - 1)


def cells(row):
    out = [f"`{row.text}`", str(row.threads), milliseconds(row.ours)]
    if row.read is None:
        out += [f"{row.ours['gflops']:.0f}", f"{100 * row.share(row.ours):.0f}"]
    else:
        out += [f"{row.ours['gbps']:.1f}", f"{100 * row.share(row.ours):.0f}"]
    for peer, engine in row.peers.items():
        out += [milliseconds(engine), faster(row, peer)]
    return out + [error(row.ours)] + [error(engine) for engine in row.peers.values()]


def main(path):
    rows = results.load(path)
    for context in results.contexts(rows):
        print(results.caption(context) + ".")
        print("Best of interleaved trials and in brackets the 25th percentile; error: the greatest beside an answer in f64.\n")
        mine = [row for row in rows if row.context == context]
        for decode, what in ((False, ["GFLOP/s", "% of peak"]), (True, ["GB/s", "% of read"])):
            chosen = [row for row in mine if row.problem.decode == decode]
            if chosen:
                print(head(what))
                print("\n".join("| " + " | ".join(cells(row)) + " |" for row in chosen) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
