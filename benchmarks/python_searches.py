#!/usr/bin/env python3
"""Searches of the residual space in Python: what a user would write who knows PyTorch and the usual algorithms. The other side of
src/docs/results.md.

    python_searches.py --algorithm random|evolution|optuna --data DIR [--seed 1] [--workers 2] [--threads 1] [--epochs 5]
                       [--max_flops 60e6] [--blocks plain,residual,bottleneck] [--jar target/cnn-evolution.jar]
                       [--chromosomes FILE]

random     different networks, each as likely as any other
evolution  regularized evolution (Real et al. 2019, arXiv:1802.01548), as NNI has it: 20 networks, the best of 5 has a child with one
           gene drawn anew, the oldest leaves
optuna     Optuna's sampler with its defaults (tree-structured Parzen estimator, Bergstra et al. 2011), a category for each gene

Each trains with the loop of train_exported.py, in one process a worker, which imports PyTorch once. The program's `describe` says what
layers a chromosome has and what they cost. Networks above the bound on FLOPs, of other blocks, and those trained before are not
trained; to Optuna they are pruned. Prints a line a network until it is killed; with --chromosomes it trains those and ends.
"""
import argparse
import concurrent.futures
import json
import multiprocessing
import random
import re
import subprocess
import types

import torch
from torch import nn

import train_exported

CIFAR_100 = types.SimpleNamespace(MEAN=(0.5071, 0.4865, 0.4409), STD=(0.2673, 0.2564, 0.2762))


class Network(nn.Module):
    """The layers of `describe --json`."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        for layer in layers:
            module = self.module(layer["layer"])
            if module is not None:
                self.add_module(self.name(layer), module)

    @staticmethod
    def name(layer):
        return layer["name"].replace(".", "_")

    @staticmethod
    def module(text):
        kind, numbers = re.match(r"\w+", text).group(), [int(n) for n in re.findall(r"(?<!\w)\d+", text)]
        if kind == "Conv2d":
            inputs, outputs, kernel, stride, padding, groups = (numbers + [1])[:6]
            return nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias="no bias" not in text)
        simple = {"BatchNorm2d": nn.BatchNorm2d, "Linear": nn.Linear, "MaxPool2d": nn.MaxPool2d}
        plain = {"ReLU": nn.ReLU, "ELU": nn.ELU, "GELU": nn.GELU, "SiLU": nn.SiLU, "Sigmoid": nn.Sigmoid}
        if kind in simple:
            return simple[kind](*numbers)
        return plain[kind]() if kind in plain else None

    def forward(self, x):
        values = {"image": x}
        for layer in self.layers:
            read = [values[name] for name in layer["reads"]] if "reads" in layer else [x]
            kind = layer["layer"]
            if kind.startswith("Sum"):
                x = sum(read[1:], read[0])
            elif kind.startswith("Scale"):
                x = read[0] * read[1][:, :, None, None]
            elif kind.startswith("GlobalMeanPool"):
                x = read[0].mean((2, 3))
            elif kind.startswith("GlobalMaxPool"):
                x = read[0].amax((2, 3))
            else:
                x = getattr(self, self.name(layer))(read[0])
            values[layer["name"]] = x
        return x


def trained(layers, options):
    """Validation accuracy after the usual loop; in a process of its own."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model = Network(layers).to(memory_format=torch.channels_last)
    images = [
        train_exported.Images(f"{options.data}/{name}.bin", CIFAR_100, options.batch_size, name == "train", 0)
        for name in ("train", "test")
    ]
    speed = train_exported.train(model, images[0], options.epochs, options.lr)
    return train_exported.accuracy(model, images[1]), speed


class Space:
    """The residual space, as the program describes it."""

    def __init__(self, options):
        self.command, self.max_flops, self.blocks = ["java", "-jar", options.jar], options.max_flops, options.blocks.split(",")
        space = json.loads(self.said("spaces", "residual", "--json"))
        self.genes = [(gene["from"], gene["to"]) for gene in space["genes"]]
        self.bits, self.seen = space["bits"], set()

    def said(self, *arguments):
        return subprocess.run(self.command + list(arguments), check=True, stdout=subprocess.PIPE, text=True).stdout

    def layers(self, chromosomes):
        """Of each network; None if it is not to be trained, or is there already."""
        described = self.said("describe", "--json", "--space", "residual", *chromosomes).splitlines()
        for network in map(json.loads, described):
            name = network["phenotype"]
            fits = network["flops"] <= self.max_flops and name.split("-")[0] in self.blocks and name not in self.seen
            if fits:
                self.seen.add(name)
            yield network["layers"] if fits else None

    def drawn(self, rng, begin=0, end=None):
        return "".join(rng.choice("01") for _ in range((self.bits if end is None else end) - begin))


class Random:
    # Most networks are too large, and each time a Java machine has to start to say so.
    at_once = 64

    def __init__(self, space, seed):
        self.space, self.rng = space, random.Random(seed)

    def ask(self):
        """A chromosome, and what tell() wants to know of it."""
        chromosome = self.space.drawn(self.rng)
        return chromosome, chromosome

    def tell(self, asked, accuracy):
        """None as accuracy: it was not trained."""


class Evolution(Random):
    size, tournament = 20, 5

    def __init__(self, space, seed):
        super().__init__(space, seed)
        self.population = []

    @property
    def at_once(self):
        """Most children are small enough, as their parents are, and the latest results should count."""
        return super().at_once if len(self.population) < self.size else 4

    def ask(self):
        if len(self.population) < self.size:
            return super().ask()
        parent = max(self.rng.sample(self.population, self.tournament), key=lambda one: one[1])[0]
        begin, end = self.rng.choice(self.space.genes)
        child = parent[:begin] + self.space.drawn(self.rng, begin, end) + parent[end:]
        return child, child

    def tell(self, asked, accuracy):
        if accuracy is not None:
            self.population = (self.population + [(asked, accuracy)])[-self.size :]


class Optuna:
    at_once = 8

    def __init__(self, space, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.states, self.space = optuna.trial.TrialState, space
        self.study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
        self.choices = {
            str(begin): optuna.distributions.CategoricalDistribution(
                [format(value, f"0{end - begin}b") for value in range(2 ** (end - begin))]
            )
            for begin, end in space.genes
        }

    def ask(self):
        trial = self.study.ask(self.choices)
        return "".join(trial.params[str(begin)] for begin, _ in self.space.genes), trial

    def tell(self, asked, accuracy):
        if accuracy is None:
            self.study.tell(asked, state=self.states.PRUNED)
        else:
            self.study.tell(asked, accuracy)


ALGORITHMS = {"random": Random, "evolution": Evolution, "optuna": Optuna}


def search(space, options, workers):
    algorithm, waiting, running = ALGORITHMS[options.algorithm](space, options.seed), [], {}
    while True:
        while len(running) < options.workers:
            if not waiting:
                asked = [algorithm.ask() for _ in range(algorithm.at_once)]
                for (chromosome, ask), layers in zip(asked, space.layers([chromosome for chromosome, _ in asked])):
                    if layers is None:
                        algorithm.tell(ask, None)
                    else:
                        waiting.append((chromosome, ask, layers))
            if waiting:
                chromosome, ask, layers = waiting.pop(0)
                running[workers.submit(trained, layers, options)] = chromosome, ask
        for done in concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done:
            chromosome, ask = running.pop(done)
            algorithm.tell(ask, say(chromosome, done))


def say(chromosome, done):
    """Prints what came of a network, and returns its accuracy; one that failed has -1."""
    try:
        accuracy, speed = done.result()
    except Exception as e:  # told, not swallowed
        print(f"{chromosome} FAILED {e!r}", flush=True)
        return -1
    print(f"{chromosome} acc {accuracy:.4f} images/s {speed:.0f}", flush=True)
    return accuracy


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--algorithm", choices=ALGORITHMS, default="random")
    parser.add_argument("--data", required=True)
    parser.add_argument("--jar", default="target/cnn-evolution.jar")
    parser.add_argument("--chromosomes")
    parser.add_argument("--max_flops", type=float, default=60e6)
    parser.add_argument("--blocks", default="plain,residual,bottleneck")
    for name, value in (("seed", 1), ("workers", 2), ("threads", 1), ("epochs", 5), ("batch_size", 128)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--lr", type=float, default=1e-3)
    options = parser.parse_args()
    space, spawn = Space(options), multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(options.workers, mp_context=spawn) as workers:
        if options.chromosomes:
            with open(options.chromosomes) as file:
                chosen = file.read().split()
            begun = [workers.submit(trained, layers, options) for layers in space.layers(chosen)]
            for chromosome, done in zip(chosen, begun):
                say(chromosome, done)
        else:
            search(space, options, workers)


if __name__ == "__main__":
    main()
