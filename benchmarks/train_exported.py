#!/usr/bin/env python3
"""Trains exported networks anew in PyTorch, as a user would who tunes the usual loop: the other side of the accuracy table of
staged networks in src/docs/benchmarks.md.

    train_exported.py --data DIR [--epochs 5] [--lr 1e-3] [--batch_size 128] [--train_limit N] [--seed 1] [--threads 1] NETWORK.py...

Each NETWORK.py is from `export --format python`; only its layers are used, with PyTorch's own initial weights. Adam with a constant
rate, cross-entropy, random crops of images padded by 4 and flips, bf16 autocast, channels_last, fused optimizer where there is one.
Prints a line a network: test accuracy and images/s of training.
"""
import argparse
import importlib.util
import os
import time

import numpy as np
import torch
from torch import nn


class Images:
    """CIFAR-100 in the binary version, augmented in whole batches."""

    def __init__(self, path, network, batch_size, training, limit):
        raw = torch.from_numpy(np.fromfile(path, np.uint8, count=limit * 3074 or -1).reshape(-1, 3074))
        self.labels, self.batch_size, self.training = raw[:, 1].long(), batch_size, training
        self.images = raw[:, 2:].reshape(-1, 3, 32, 32)
        if training:  # a view of each crop: [N, 3, 9, 9, 32, 32]
            self.images = nn.functional.pad(self.images, (4, 4, 4, 4)).unfold(2, 32, 1).unfold(3, 32, 1)
        self.mean, self.std = (torch.tensor(v).view(3, 1, 1) * 255 for v in (network.MEAN, network.STD))

    def __iter__(self):
        order = torch.randperm(len(self.labels)) if self.training else torch.arange(len(self.labels))
        for batch in order.split(self.batch_size):
            if self.training:
                images = self.images[batch, :, torch.randint(9, batch.shape), torch.randint(9, batch.shape)]
                mirrored = (torch.rand(len(batch)) < 0.5).view(-1, 1, 1, 1)
                images = torch.where(mirrored, images.flip(3), images)
            else:
                images = self.images[batch]
            images = (images.float() - self.mean) / self.std
            yield images.contiguous(memory_format=torch.channels_last), self.labels[batch]


def scores(model, images):
    with torch.autocast("cpu", torch.bfloat16):
        return model(images).float()


def train(model, images, epochs, rate):
    fused = {"fused": True} if int(torch.__version__.split(".")[0]) >= 2 else {}
    optimizer, loss_of, seen = torch.optim.Adam(model.parameters(), lr=rate, **fused), nn.CrossEntropyLoss(), 0
    model.train()
    begun = time.time()
    for _ in range(epochs):
        for batch, labels in images:
            loss = loss_of(scores(model, batch), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            seen += len(labels)
    return seen / (time.time() - begun)


@torch.no_grad()
def accuracy(model, images):
    model.eval()
    hits = sum((scores(model, batch).argmax(1) == labels).sum().item() for batch, labels in images)
    return hits / len(images.labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch_size", type=int, default=128)
    parser.add_argument("--train_limit", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("networks", nargs="+")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for path in options.networks:
        spec = importlib.util.spec_from_file_location("network", path)
        network = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(network)
        torch.manual_seed(options.seed)
        model = network.Network().to(memory_format=torch.channels_last)
        train_file, test_file = (os.path.join(options.data, name) for name in ("train.bin", "test.bin"))
        speed = train(
            model,
            Images(train_file, network, options.batch_size, True, options.train_limit),
            options.epochs,
            options.lr,
        )
        test = Images(test_file, network, options.batch_size, False, 0)
        name = os.path.basename(path)[: -len(".py")]
        print(f"{name} test accuracy {accuracy(model, test):.4f} images/s {speed:.0f}", flush=True)


if __name__ == "__main__":
    main()
