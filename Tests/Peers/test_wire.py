"""What the node puts on the wire, read by a dissector that is not ours."""

import socket

import pytest

from conftest import KERNEL, NODE, NODE_MAC
from support.echo import Pinger
from support.node import CLOSED, ECHO
from support.streams import connect, echo_digests, pattern
from test_http import curl


@pytest.fixture
def plain_node(tap, capture, start_node):
    """A node that computes its own checksums and cuts its own segments."""
    return start_node(tap, f"{NODE}/24", "--no-offload")


def test_no_frame_is_malformed_and_no_checksum_wrong(plain_node, capture):
    with Pinger(NODE) as pinger:
        for size in (0, 1, 1472, 1473, 5001):
            assert pinger.ping(pattern(size, size)) is not None
    with connect(plain_node.endpoint(ECHO)) as connection:
        sent, received = echo_digests(connection, 1, 1_000_001)
    assert sent == received
    assert curl(f"http://{NODE}/").returncode == 0
    with pytest.raises(ConnectionRefusedError):
        connect(plain_node.endpoint(CLOSED))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(2)
        for size in (0, 1, 1473):
            udp.sendto(pattern(size, size), plain_node.endpoint(ECHO))
            udp.recv(65_535)
        udp.connect(plain_node.endpoint(CLOSED))
        udp.send(b"closed")
        with pytest.raises(ConnectionRefusedError):
            udp.recv(100)
    frames = capture.frames("-Y", f"eth.src == {NODE_MAC}", "-e", "frame.protocols")
    seen = {name for (names,) in frames for name in names.split(":")}
    assert {"arp", "ip", "icmp", "tcp", "udp"} <= seen
    assert capture.complaints() == []


def test_syn_carries_what_it_should(plain_node, capture):
    with connect(plain_node.endpoint(ECHO)) as connection:
        connection.sendall(b"x")
        connection.recv(1)
    (answer,) = capture.frames(
        "-Y", f"ip.src == {NODE} && tcp.flags.syn == 1",
        "-e", "tcp.options.mss_val", "-e", "tcp.options.wscale.shift", "-e", "tcp.options.sack_perm",
        "-e", "tcp.options.timestamp.tsval", "-e", "ip.flags.df", "-e", "ip.ttl",
    )
    mss, shift, sack, timestamp, df, ttl = answer
    assert mss == "1460" and int(shift) >= 0 and sack and int(timestamp) >= 0
    assert df in ("1", "True") and ttl == "64"


def test_next_to_nothing_is_sent_twice_on_a_clean_wire(plain_node, capture):
    """A tail loss probe now and then, where a queue forms, is all that may be."""
    with connect(plain_node.endpoint(ECHO)) as connection:
        sent, received = echo_digests(connection, 2, 3_000_000)
    assert sent == received
    for sender in (NODE, KERNEL):
        again = capture.frames(
            "-Y", f"ip.src == {sender} && tcp.analysis.retransmission", "-e", "tcp.seq"
        )
        # One in a hundred of the 2,072 segments.
        assert len(again) <= 20, (sender, again)
