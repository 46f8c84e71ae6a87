"""Neighbours: floods, moves and nonsense on the wire."""

import random
import socket
import struct
import time

import pytest

from conftest import KERNEL, NODE, NODE_MAC
from support.echo import Pinger
from support.namespace import run
from support.node import ECHO
from support.streams import connect, read_exactly


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def arp(operation: int, sender: bytes, sender_address: bytes, target: bytes, target_address: bytes):
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    return body + sender + sender_address + target + target_address


@pytest.fixture
def wire(node):
    """A packet socket: frames as they are, to the node and from it."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as wire:
        wire.bind(("tap0", 0))
        wire.settimeout(2)
        yield wire


def ping(payload: bytes) -> bytes | None:
    with Pinger(NODE) as pinger:
        return pinger.ping(payload)


def test_flood_of_requests_leaves_the_node_reachable(wire, node):
    generator = random.Random(4)
    assert ping(b"before") == b"before"
    before = node.resident_bytes()
    for _ in range(20_000):
        sender = b"\x02" + generator.randbytes(5)
        address = bytes([10, 77, 0, generator.randint(3, 254)])
        request = arp(1, sender, address, bytes(6), socket.inet_aton(NODE))
        wire.send(b"\xff" * 6 + sender + b"\x08\x06" + request)
    assert ping(b"after") == b"after"
    assert node.resident_bytes() - before < 8 << 20


def test_frames_of_noise_change_nothing(wire, node):
    generator = random.Random(5)
    connection = connect(node.endpoint(ECHO))
    types = [b"\x08\x00", b"\x08\x06", b"\x81\x00", b"\x86\xdd", b"\x00\x05"]
    for _ in range(20_000):
        noise = generator.randbytes(generator.randint(0, 200))
        if generator.random() < 0.5:
            # As far as an IPv4 header whose protocol the node knows.
            head = struct.pack("!BBHHHBB", 0x45, 0, len(noise) + 20, 0, 0, 64, generator.choice((1, 2, 6, 17)))
            noise = head + b"\0\0" + socket.inet_aton(KERNEL) + socket.inet_aton(NODE) + noise
        kind = generator.choice(types)
        wire.send(mac(NODE_MAC) + b"\x02" + generator.randbytes(5) + kind + noise)
    connection.sendall(b"unharmed")
    assert read_exactly(connection, 8) == b"unharmed"
    assert ping(b"unharmed") == b"unharmed"


def test_gratuitous_arp_moves_an_established_connection(node):
    connection = connect(node.endpoint(ECHO))
    connection.sendall(b"here")
    assert read_exactly(connection, 4) == b"here"
    # The kernel tells the neighbourhood when its address changes.
    with open("/proc/sys/net/ipv4/conf/tap0/arp_notify", "w") as file:
        file.write("1")
    run("ip", "link", "set", "tap0", "address", "02:00:00:00:00:77")
    for turn in range(20):
        connection.sendall(b"there")
        assert read_exactly(connection, 5) == b"there"
        time.sleep(0.01)


def test_node_asks_again_for_a_neighbour_that_moved_in_silence(node):
    assert ping(b"one") == b"one"
    run("ip", "link", "set", "tap0", "down")
    run("ip", "link", "set", "tap0", "address", "02:00:00:00:00:78")
    run("ip", "link", "set", "tap0", "up")
    with Pinger(NODE) as pinger:
        answers = [pinger.ping(b"again", seconds=1) for _ in range(10)]
    assert answers[-1] == b"again"


def test_claim_of_the_nodes_address_is_defended(wire, node):
    """RFC 5227, 2.4: a host that hears its address claimed says whose it is."""
    other = mac("02:00:00:00:00:99")
    claim = arp(1, other, socket.inet_aton(NODE), bytes(6), socket.inet_aton(NODE))
    wire.send(b"\xff" * 6 + other + b"\x08\x06" + claim)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        frame = wire.recv(2000)
        if frame[6:12] == mac(NODE_MAC) and frame[12:14] == b"\x08\x06" and frame[28:32] == socket.inet_aton(NODE):
            break
    else:
        pytest.fail("the node did not defend its address")
    assert ping(b"mine") == b"mine"
