#!/usr/bin/env python3
"""Draws the figures of src/docs/results.md: plots.py [DIR] (its own). Needs matplotlib.

From searches.csv and tests.csv: test accuracy of the best network so far, by validation, against seconds and against trainings: the
mean of the seeds, and each seed as a thin line. The test accuracy was measured afterwards; no search has seen it.

From search-profile.txt, which SearchProfile writes: a flame graph (Gregg 2016, doi:10.1145/2909476). Each box is as wide as the time
in a method and in what it calls; boxes lie on their callers, in alphabetical order.
"""
import collections
import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
# The same file from the same numbers.
matplotlib.rcParams["svg.hashsalt"] = "cnn-evolution"
matplotlib.rcParams["svg.fonttype"] = "none"
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
    figure, axes = pyplot.subplots(figsize=(9.5, 4.5))
    for number, (search, seeds) in enumerate(curves(column).items()):
        color = f"C{number}"
        for curve in seeds.values():
            axes.step(*zip(*curve), where="post", color=color, alpha=0.25, linewidth=0.8)
        end = min(curve[-1][0] for curve in seeds.values())
        places = sorted({x for curve in seeds.values() for x, _ in curve if x <= end})
        means = [sum(at(curve, x) for curve in seeds.values()) / len(seeds) for x in places]
        axes.step(places, means, where="post", color=color, label=f"{search} ({len(seeds)})")
    axes.set(xlabel=label, ylabel="test accuracy, %", ylim=(0, None), xlim=(0, None))
    axes.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def flame_boxes(text):
    """The boxes of collapsed stacks: depth, begin, width and name of each, in milliseconds."""
    boxes = []
    opened = []
    now = 0
    for line in sorted(text.splitlines()):
        stack, time = line.rsplit(" ", 1)
        frames = stack.split(";")
        kept = 0
        while kept < min(len(frames), len(opened)) and frames[kept] == opened[kept][2]:
            kept += 1
        while len(opened) > kept:
            depth, begin, name = opened.pop()
            boxes.append((depth, begin, now - begin, name))
        opened += [(depth, now, frames[depth]) for depth in range(kept, len(frames))]
        now += int(time)
    boxes += [(depth, begin, now - begin, name) for depth, begin, name in opened]
    return boxes, now


def draw_flames(path):
    boxes, whole = flame_boxes((HERE / "search-profile.txt").read_text())
    boxes = [box for box in boxes if box[2] > 0.002 * whole]
    figure, axes = pyplot.subplots(figsize=(12, 0.22 * (2 + max(depth for depth, *_ in boxes))))
    for depth, begin, width, name in boxes:
        # A color for each name: whole runs stay comparable.
        color = pyplot.cm.YlOrRd(0.15 + 0.4 * (sum(name.encode()) % 64) / 64)
        axes.broken_barh([(begin / whole, width / whole)], (depth, 0.95), facecolors=[color], edgecolors="white", linewidth=0.3)
        shown = int(190 * width / whole)
        if shown > 3:
            axes.text((begin + 0.002 * whole) / whole, depth + 0.45, name[:shown], fontsize=6, va="center", clip_on=True)
    axes.set(xlim=(0, 1), xlabel="share of the time of all threads that run or are workers")
    axes.set_yticks([])
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    into = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    draw("seconds", "seconds since the start of the process", into / "searches-by-time.svg")
    draw("trainings", "trainings", into / "searches-by-trainings.svg")
    draw_flames(into / "search-profile.svg")


if __name__ == "__main__":
    main()
