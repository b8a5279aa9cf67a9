"""Compares class scores and gradients of PyTorch with those of the Java side, from the same weights and images.

usage: check_gradients.py IMAGES DIRECTORY...
IMAGES is raw little-endian float32, [N,3,32,32]. Each DIRECTORY contains best_model.pt, network.py, scores.bin (in use),
and gradients.bin: of the mean of the squared scores in training, computed in float64, all parameters one after the other
in their order.
"""
import importlib.util
import os
import sys

import torch

TOLERANCE = 1e-4


def raw(path, *shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).view(*shape)


def source(path):
    spec = importlib.util.spec_from_file_location("network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(images_path, directories):
    images = raw(images_path, -1, 3, 32, 32)
    worst = [0, 0]
    for directory in directories:
        model = source(os.path.join(directory, "network.py")).load(os.path.join(directory, "best_model.pt"))
        expected = raw(os.path.join(directory, "scores.bin"), len(images), -1)
        with torch.no_grad():
            difference = (model(images) - expected).abs().max().item() / max(1, expected.abs().max().item())
        model.double().train()
        model(images.double()).square().mean().backward()
        gradients = raw(os.path.join(directory, "gradients.bin"), -1)
        assert gradients.numel() == sum(p.numel() for p in model.parameters()), directory
        start, of_gradients = 0, 0
        for name, parameter in model.named_parameters():
            java = gradients[start:start + parameter.numel()].view_as(parameter)
            start += parameter.numel()
            of_gradients = max(of_gradients, (java - parameter.grad).abs().max().item() / max(1, java.abs().max().item()))
        assert gradients.abs().max() > 1e-6, (directory, "no gradient")
        assert difference < TOLERANCE and of_gradients < TOLERANCE, (directory, difference, of_gradients)
        worst = [max(worst[0], difference), max(worst[1], of_gradients)]
    print(f"{len(directories)} networks, largest difference of scores {worst[0]:.1e}, of gradients {worst[1]:.1e}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
