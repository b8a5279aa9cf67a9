"""Loads state_dicts of a front into PyTorch's own modules, strictly.

usage: check_front.py MODEL...   where the JSON beside a MODEL has its chromosome, of the plain space
"""
import json
import sys

import torch

from check_model import build

for path in sys.argv[1:]:
    with open(path[:-len(".pt")] + ".json", encoding="utf-8") as file:
        facts = json.load(file)
    model = build(facts["chromosome"])
    model.load_state_dict(torch.load(path, weights_only=True), strict=True)
    trained = sum(parameter.numel() for parameter in model.parameters())
    assert trained == facts["parameters"], f"{path}: {trained} parameters"
    print(path, trained, "parameters")
