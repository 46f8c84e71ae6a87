"""The code in the catalogs is code that is compiled."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_of_martlet_host_is_the_one_in_examples():
    page = (ROOT / "Sources/MartletHost/MartletHost.docc/MartletHost.md").read_text()
    example = (ROOT / "Examples/Fetch/Fetch.swift").read_text()
    blocks = re.findall(r"```swift\n(.*?)```", page, re.DOTALL)
    assert blocks
    for block in blocks:
        assert block in example


def test_the_example_of_martlet_controller_is_in_examples():
    page = (ROOT / "Sources/MartletController/MartletController.docc/MartletController.md").read_text()
    example = (ROOT / "Examples/LearningSwitch/LearningSwitch.swift").read_text()
    lines = [line.strip() for line in example.splitlines()]
    (block,) = re.findall(r"```swift\n(.*?)```", page, re.DOTALL)
    wanted = [line.strip() for line in block.splitlines()]
    assert wanted == lines[lines.index(wanted[0]):][:len(wanted)]
