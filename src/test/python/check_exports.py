"""Loads the Python and TorchScript files that `export` wrote, and compares the class scores with those of the Java side.

usage: check_exports.py PIXELS NORMALISED DIRECTORY...
PIXELS is raw uint8 and NORMALISED raw little-endian float32, both [N,3,32,32]. Each DIRECTORY contains best_model.pt,
network.py, plain.pt and normalizing.pt, and scores.bin: the scores of the normalised images, raw float32, [N,classes].
"""
import importlib.util
import os
import re
import sys

import torch


def raw(path, dtype, *shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=dtype).view(*shape)


def source(path):
    spec = importlib.util.spec_from_file_location("network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_numbers(module, images):
    """What the class says of itself: parameters and floating-point operations of one image."""
    said = [int(number.replace(",", "")) for number in re.findall(r"[0-9][0-9,]*", module.Network.__doc__)[:2]]
    model, flops = module.Network().eval(), 0

    def count(layer, inputs, output):
        nonlocal flops
        flops += 2 * layer.weight.numel() * (output[0, 0].numel() if output.dim() == 4 else 1)

    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    model(images[:1])
    assert said == [sum(p.numel() for p in model.parameters()), flops], (said, flops)


def main(pixels_path, normalised_path, directories):
    pixels = raw(pixels_path, torch.uint8, -1, 3, 32, 32)
    normalised = raw(normalised_path, torch.float32, -1, 3, 32, 32)
    for directory in directories:
        weights = os.path.join(directory, "best_model.pt")
        python = source(os.path.join(directory, "network.py"))
        check_numbers(python, normalised)
        plain = torch.jit.load(os.path.join(directory, "plain.pt"))
        normalizing = torch.jit.load(os.path.join(directory, "normalizing.pt"))
        assert list(plain.state_dict()) == list(torch.load(weights, weights_only=True)), directory
        expected = raw(os.path.join(directory, "scores.bin"), torch.float32, len(pixels), -1)
        with torch.no_grad():
            results = {
                "python": python.load(weights)(normalised),
                "python, normalizes": python.load(weights, True)(pixels),
                "python, normalize": python.load(weights)(python.normalize(pixels / 255)),
                "torchscript": plain(normalised),
                "torchscript, uint8": normalizing(pixels),
                "torchscript, floats": normalizing(pixels / 255),
                "torchscript, train": plain.train()(normalised),
            }
        largest = expected.abs().max().item()
        for name, scores in results.items():
            difference = (scores - expected).abs().max().item()
            print(f"{os.path.basename(directory)} {name}: difference {difference:.2e} of {largest:.2g}")
            assert scores.shape == expected.shape and difference <= 1e-5 * max(1, largest), name
        assert expected.std() > 1e-3, "equal scores would make the comparison meaningless"


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    torch.set_num_threads(1)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
