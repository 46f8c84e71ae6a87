"""Documentation/CommandLine.md tells what is so."""

import re

from conftest import ROOT

PAGE = (ROOT / "Documentation/CommandLine.md").read_text(encoding="utf-8")


def test_every_command_is_documented(martlet):
    commands = re.findall(r"^  (\w+)  ", martlet("--help").stdout.split("SUBCOMMANDS:")[1], re.M)
    assert len(commands) > 5
    assert re.findall(r"^\| `martlet (\w+)` \|", PAGE, re.M) == commands


def test_documented_house_is_the_built_in_one(house, tmp_path):
    path = tmp_path / "house.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1])
    from_page = house(path)
    from_page.wait_url()
    built_in = house()
    built_in.wait_url()
    assert from_page.lines[0] == built_in.lines[0]
    assert [re.sub(r"-2 ", " ", line) for line in built_in.lines[1:3]] == from_page.lines[1:3]


def test_every_status_is_documented():
    source = (ROOT / "Sources/martlet/Support/Failure.swift").read_text(encoding="utf-8")
    statuses = re.findall(r"^    case \w+ = (\d+)$", source, re.M)
    assert re.findall(r"^\| (\d+) \|", PAGE, re.M) == ["0", *statuses]
