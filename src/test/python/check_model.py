"""Loads state_dicts that the Java side wrote into PyTorch's own modules and compares the outputs.

usage: check_model.py IMAGES CASE...   where CASE is CHROMOSOME:MODEL:LOGITS
IMAGES and LOGITS are raw little-endian float32, [N,3,32,32] and [N,100]. This script builds the network from the
chromosome by the rules of src/docs/search-space.md, independently of the Java side. A
chromosome r/BITS is one of the residual space of the tests, ResidualTestSpace.java.
"""
import sys

import torch
from torch import nn

WIDTHS, KERNELS = [16, 32, 64, 128, 256], [2, 3, 5, 7]
ACTIVATIONS = [nn.ReLU, lambda: nn.ELU(1.0), lambda: nn.LeakyReLU(0.01), nn.GELU]


class Gate(nn.Sequential):
    """Squeeze-and-excitation."""

    def __init__(self, channels):
        super().__init__(
            nn.Linear(channels, channels // 2), nn.ReLU(), nn.Linear(channels // 2, channels), nn.Sigmoid())

    def forward(self, x):
        return x * super().forward(x.mean((2, 3)))[:, :, None, None]


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, gated, activation):
        super().__init__()
        self.activation = activation
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.gate = Gate(outputs) if gated else nn.Identity()
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride=stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        branch = self.activation(self.norm1(self.conv1(x)))
        return self.activation(self.gate(self.norm2(self.conv2(branch))) + self.shortcut(x))


class Residual(nn.Module):
    def __init__(self, bits):
        super().__init__()
        width, blocks, gated = 8 << int(bits[0]), 1 + int(bits[1]), bits[2] == "1"
        self.activation = [nn.ReLU(), nn.GELU()][int(bits[3])]
        self.stem = nn.ModuleDict(
            {"conv": nn.Conv2d(3, width, 3, padding=1, bias=False), "norm": nn.BatchNorm2d(width)})
        inputs = width
        for stage in range(2):
            outputs = width << stage
            self.add_module(f"stage{stage}", nn.ModuleDict())
            for block in range(blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                module = Block(inputs, outputs, stride, gated, self.activation)
                getattr(self, f"stage{stage}").add_module(f"block{block}", module)
                inputs = outputs
        self.scores = nn.Linear(inputs, 100)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.activation(self.stem["norm"](self.stem["conv"](x))), 2)
        for stage in (self.stage0, self.stage1):
            for block in stage.values():
                x = block(x)
        return self.scores(x.mean((2, 3)))


def build(bits):
    if bits.startswith("r/"):
        return Residual(bits[2:])
    o, k = int(bits[0:2], 2), KERNELS[int(bits[3:5], 2)]
    act = ACTIVATIONS[int(bits[6:8], 2)]
    channels, side = WIDTHS[o], 32
    layers = [nn.Conv2d(3, channels, k, padding="same")]
    for i in range(o + 1):
        c = WIDTHS[min(o + i, 4)]
        block = []
        if bits[12 + i] == "1":
            block.append(nn.Conv2d(channels, c, k, padding="same"))
        else:
            if side > 1:
                block.append(nn.Conv2d(channels, c, k, stride=2, padding=(k - 1) // 2))
                side //= 2
            else:
                block.append(nn.Conv2d(channels, c, k, padding="same"))
            block.append(nn.Conv2d(c, c, k, padding="same"))
        block += [nn.BatchNorm2d(c), act()]
        if side > 1:
            block.append(nn.MaxPool2d(2))
            side //= 2
        layers += [nn.Sequential(*block), nn.Dropout(0.25)]
        channels = c
    layers += [nn.Flatten(), nn.Linear(channels * side * side, 2048), nn.ReLU(), nn.Dropout(0.5)]
    layers += [nn.Linear(2048, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 100)]
    return nn.Sequential(*layers)


def floats(path, *shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).view(*shape)


def main(images_path, cases):
    images = floats(images_path, -1, 3, 32, 32)
    for case in cases:
        bits, model_path, logits_path = case.split(":")
        state = torch.load(model_path, weights_only=True)
        model = build(bits)
        model.load_state_dict(state, strict=True)
        model.eval()
        assert all(v.dtype in (torch.float32, torch.int64) for v in state.values())
        with torch.no_grad():
            difference = (model(images) - floats(logits_path, -1, 100)).abs().max().item()
        print(f"{bits} {len(images)} images, difference {difference:.2e}")
        assert difference <= 1e-4, f"{bits}: the logits differ by {difference}"


if __name__ == "__main__":
    print("torch", torch.__version__)
    main(sys.argv[1], sys.argv[2:])
