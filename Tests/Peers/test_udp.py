"""UDP between the node and the kernel."""

import errno
import random
import socket

import pytest

from conftest import NODE
from support.node import CLOSED, ECHO
from support.streams import pattern


@pytest.fixture
def udp(node):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(3)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        yield udp


@pytest.mark.parametrize("size", [0, 1, 2, 1471, 1472, 1473, 2952, 2953, 9000, 65_506, 65_507])
def test_echo_returns_a_datagram_of_any_size(udp, size):
    payload = pattern(size, size)
    udp.sendto(payload, (NODE, ECHO))
    data, sender = udp.recvfrom(65_535)
    assert (data == payload, sender) == (True, (NODE, ECHO))


def test_many_datagrams_each_return_once(udp):
    generator = random.Random(3)
    udp.connect((NODE, ECHO))
    for _ in range(500):
        payload = generator.randbytes(generator.randint(0, 3000))
        udp.send(payload)
        assert udp.recv(65_535) == payload


def test_checksum_of_zero_is_taken(udp):
    no_check = 11  # SO_NO_CHECK
    udp.setsockopt(socket.SOL_SOCKET, no_check, 1)
    udp.sendto(b"unchecked", (NODE, ECHO))
    assert udp.recv(100) == b"unchecked"


def test_closed_port_is_refused_by_icmp(udp):
    udp.connect((NODE, CLOSED))
    udp.send(b"anybody?")
    with pytest.raises(OSError) as error:
        udp.recv(100)
    assert error.value.errno == errno.ECONNREFUSED


def test_echo_does_not_start_a_loop(udp, capture):
    """A datagram that claims to come from another echo port would go round for ever."""
    udp.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forged:
        forged.bind(("", ECHO))
        forged.settimeout(0.3)
        forged.sendto(b"round and round", (NODE, ECHO))
        with pytest.raises(TimeoutError):
            forged.recv(100)
