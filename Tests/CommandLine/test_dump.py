"""`martlet dump`: capture files by name and by pipe, filters, JSON, damage."""

import json
from pathlib import Path

import pytest

CAPTURES = Path(__file__).resolve().parents[1] / "MartletDissectTests/Captures"
LAN = CAPTURES / "lan.pcap"


def test_every_packet_is_told(martlet):
    result = martlet("dump", LAN)
    assert result.returncode == 0
    assert result.stdout == (CAPTURES / "lan.txt").read_text()


@pytest.mark.parametrize("name", ["lan.pcap", "lan.pcapng", "lan-ns.pcap"])
def test_standard_input_is_a_file_too(martlet, name):
    bytes = (CAPTURES / name).read_bytes()
    result = martlet("dump", "-n", "12", "-", input=bytes, text=False)
    assert result.returncode == 0
    expected = (CAPTURES / "lan.txt").read_text().splitlines()[:12]
    assert result.stdout.decode().splitlines() == expected


def test_filter_needs_no_quotes(martlet):
    words = "tcp port 80 and not src 10.9.0.1".split()
    lines = martlet("dump", LAN, *words).stdout.splitlines()
    assert lines and all(" 10.9.0.2.80 > 10.9.0.1." in line for line in lines)
    assert lines == martlet("dump", LAN, " ".join(words)).stdout.splitlines()


def test_json_has_the_fields(martlet):
    lines = martlet("dump", "--json", "-n", "1", LAN, "vlan", "and", "udp").stdout.splitlines()
    packet = json.loads(lines[0])
    assert len(lines) == 1
    assert packet["vlan"] == 5
    assert (packet["source"], packet["sourcePort"]) == ("10.9.0.1", 4000)
    assert (packet["destination"], packet["destinationPort"]) == ("10.9.0.2", 5000)
    assert packet["protocol"] == 17
    assert packet["length"] == packet["captured"] == 51
    assert packet["text"].endswith("UDP, length 5")


def test_headers_are_told_on_demand(martlet):
    line = martlet("dump", "-e", "-v", "-n", "1", LAN, "icmp").stdout
    assert "02:00:00:00:00:01 > 02:00:00:00:00:02, length 98: IP " in line
    assert "ttl 64" in line


def test_what_came_before_the_damage_is_told(martlet):
    result = martlet("dump", "-", input=LAN.read_bytes()[:1000], text=False)
    assert result.returncode == 65
    assert len(result.stdout.splitlines()) == 6
    assert b"standard input: at byte 596: the file ends early" in result.stderr


@pytest.mark.parametrize(
    ("file", "words", "status", "message"),
    [
        ("nowhere.pcap", [], 66, "nowhere.pcap"),
        (__file__, [], 65, "this is no capture file"),
        (LAN, ["tcp", "foo"], 64, "'foo' is not known; known are host, net, port"),
        (LAN, ["port", "http"], 64, "'http' is not a port; expected 0 to 65535"),
        (LAN, ["less", "100"], 64, "'less' is not known"),
        (LAN, ["-n", "0"], 64, "expected 1 or more"),
    ],
)
def test_mistakes_have_a_status_and_a_reason(martlet, file, words, status, message):
    result = martlet("dump", file, *words)
    assert result.returncode == status
    assert message in result.stderr
    assert result.stdout == ""


def test_place_of_a_mistake_is_shown(martlet):
    lines = martlet("dump", LAN, "tcp", "and", "foo").stderr.splitlines()
    text, pointer = lines[1], lines[2]
    assert text[pointer.index("^") :].startswith("foo")
