"""ICMP echo and errors, asked for by the kernel."""

import random
import socket
import subprocess

import pytest

from conftest import IS_LONG, KERNEL, NODE, NODE_MAC
from support.echo import Pinger
from support.namespace import run
from support.streams import pattern

# IPv4 fragments carry multiples of 8 bytes: 1480 of them at an MTU of 1500. The ICMP header is in
# the first.
BOUNDARIES = [count * 1480 - 8 for count in range(1, 45)]
LARGEST = 65_507


def neighbours() -> str:
    return run("ip", "neigh", "show", NODE)


def test_first_ping_is_answered_with_empty_caches(node):
    assert neighbours() == ""
    with Pinger(NODE) as pinger:
        assert pinger.ping(b"first") == b"first"
    assert NODE_MAC in neighbours()


def test_first_ping_is_answered_when_the_node_must_ask_who_pings(node, capture):
    run("ip", "neigh", "add", NODE, "lladdr", NODE_MAC, "dev", "tap0", "nud", "permanent")
    with Pinger(NODE) as pinger:
        assert pinger.ping(b"stranger") == b"stranger"
    asked = capture.frames("-Y", "arp.opcode == 1", "-e", "arp.src.hw_mac", "-e", "arp.dst.proto_ipv4")
    assert [NODE_MAC, KERNEL] in asked


def test_every_size_around_fragment_boundaries(node):
    sizes = {0, 1, LARGEST}
    for boundary in BOUNDARIES:
        sizes.update(range(boundary - 9, boundary + 10))
    with Pinger(NODE) as pinger:
        for size in sorted(size for size in sizes if size <= LARGEST):
            payload = pattern(size, size)
            assert pinger.ping(payload) == payload, f"{size} bytes"


def test_sizes_by_chance(node):
    generator = random.Random(2)
    with Pinger(NODE) as pinger:
        for _ in range(300 if IS_LONG else 100):
            size = generator.randint(0, LARGEST)
            payload = generator.randbytes(size)
            assert pinger.ping(payload) == payload, f"{size} bytes"


def test_system_ping_is_content(node):
    result = subprocess.run(
        ["ping", "-c", "5", "-i", "0.01", "-W", "2", "-s", "4000", NODE],
        capture_output=True, text=True,
    )
    assert "5 packets transmitted, 5 received, 0% packet loss" in result.stdout


@pytest.mark.parametrize("address", ["10.77.0.255", "255.255.255.255"])
def test_broadcast_echo_is_not_answered(node, address):
    with Pinger(address) as pinger:
        pinger.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        pinger.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"tap0")
        assert pinger.ping(b"anybody?", seconds=0.5) is None
    with Pinger(NODE) as pinger:
        assert pinger.ping(b"still there") == b"still there"


def test_packet_for_another_host_is_not_answered(node, capture):
    run("ip", "neigh", "add", "10.77.0.9", "lladdr", NODE_MAC, "dev", "tap0", "nud", "permanent")
    with Pinger("10.77.0.9") as pinger:
        assert pinger.ping(b"not you", seconds=0.5) is None
    assert capture.frames("-Y", f"eth.src == {NODE_MAC} && icmp", "-e", "icmp.type") == []


@pytest.mark.parametrize("method", [["-U"], ["-I"], []])
def test_traceroute_ends_at_the_node(node, method):
    port = ["-p", "33500"] if not method or method == ["-U"] else []
    output = run("traceroute", "-n", "-q", "1", "-w", "2", "-m", "4", *method[:1], *port, NODE)
    hops = output.splitlines()[1:]
    assert len(hops) == 1 and hops[0].split()[1] == NODE and "ms" in hops[0], output


def test_the_node_pings_the_kernel(node):
    result = node.command("ping", "--count", 3, "--interval", "0.05", KERNEL)
    assert result.returncode == 0, result.stderr
    assert result.stdout.decode().count(KERNEL) >= 3, result.stdout
