#!/usr/bin/env python3
"""Draws the curves of src/docs/results.md from searches.csv and tests.csv: plots.py [DIR] (src/docs). Needs matplotlib.

Test accuracy of the best network so far, by validation, against seconds and against trainings: the mean of the seeds, and each
seed as a thin line. The test accuracy was measured afterwards; no search has seen it.
"""
import collections
import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
# The same file from the same numbers.
matplotlib.rcParams["svg.hashsalt"] = "cnn-evolution"
from matplotlib import pyplot  # noqa: E402

HERE = pathlib.Path(__file__).parent


def rows(name):
    with open(HERE / name, newline="") as file:
        return list(csv.DictReader(file))


def curves(column):
    """Of each search and seed: where its best network changes, and the test accuracy from there on, in percent."""
    tests = {(r["search"], r["seed"], r["network"]): 100 * float(r["test_accuracy"]) for r in rows("tests.csv")}
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for r in rows("searches.csv"):
        if r["network"]:
            found[r["search"]][r["seed"]].append((float(r[column]), tests[r["search"], r["seed"], r["network"]]))
    return found


def at(curve, x):
    """The last accuracy at or before x; 0 before the first."""
    return next((y for begin, y in reversed(curve) if begin <= x), 0)


def draw(column, label, path):
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for number, (search, seeds) in enumerate(curves(column).items()):
        color = f"C{number}"
        for curve in seeds.values():
            axes.step(*zip(*curve), where="post", color=color, alpha=0.25, linewidth=0.8)
        end = min(curve[-1][0] for curve in seeds.values())
        places = sorted({x for curve in seeds.values() for x, _ in curve if x <= end})
        means = [sum(at(curve, x) for curve in seeds.values()) / len(seeds) for x in places]
        axes.step(places, means, where="post", color=color, label=f"{search} ({len(seeds)})")
    axes.set(xlabel=label, ylabel="test accuracy, %", ylim=(0, None), xlim=(0, None))
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    into = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE / ".." / ".." / "src" / "docs")
    draw("seconds", "seconds since the start of the process", into / "searches-by-time.svg")
    draw("trainings", "trainings", into / "searches-by-trainings.svg")


if __name__ == "__main__":
    main()
