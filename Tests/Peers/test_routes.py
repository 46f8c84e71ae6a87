"""A node behind a router: the kernel between two networks, one of them narrower than it looks."""

import socket
import threading
from collections.abc import Iterator

import pytest

from conftest import KERNEL, NODE
from support.echo import Pinger
from support.namespace import Namespace, run, set_kernel
from support.node import ECHO
from support.streams import connect, echo_digests, pattern

FAR_ROUTER, FAR = "10.78.0.1", "10.78.0.2"


@pytest.fixture
def far(namespace, tap) -> Iterator[Namespace]:
    """A host beyond the router, on a link of its own.

    The link takes 1,300 bytes, and the host asks for segments that would fit 1,500.
    """
    far = Namespace()
    try:
        set_kernel("net.ipv4.ip_forward", 1)
        run("ip", "link", "add", "narrow", "type", "veth", "peer", "name", "wide", "netns", far.name)
        run("ip", "addr", "add", f"{FAR_ROUTER}/24", "dev", "narrow")
        run("ip", "link", "set", "narrow", "mtu", 1300, "up")
        with far:
            run("ip", "addr", "add", f"{FAR}/24", "dev", "wide")
            run("ip", "link", "set", "wide", "up")
            run("ip", "route", "add", "default", "via", FAR_ROUTER, "mtu", 1300, "advmss", 1460)
        yield far
    finally:
        far.delete()


@pytest.fixture
def node(far, tap, capture, start_node):
    return start_node(tap, f"{NODE}/24", "--gateway", KERNEL)


def test_ping_through_the_gateway(node, far):
    with far:
        pinger = Pinger(NODE)
    with pinger:
        for size in (0, 1000, 1273, 5000, 20_000):
            payload = pattern(size, size)
            assert pinger.ping(payload) == payload, size


def test_node_learns_the_path_mtu(node, far, capture):
    """The node's full segments do not fit; the router says so and the node sends smaller ones."""
    with far, connect((NODE, ECHO)) as connection:
        sent, received = echo_digests(connection, 1, 2_000_000)
    assert sent == received
    told = capture.frames("-Y", "icmp.type == 3 && icmp.code == 4", "-e", "icmp.mtu")
    assert ["1300"] in told
    # Once for each burst that was on its way, and not for ever.
    assert len(told) < 200


def test_node_as_client_learns_the_path_mtu(node, far):
    payload = pattern(2, 500_000)
    received = []
    with far:
        server = socket.create_server((FAR, 9000))
    with server:
        server.settimeout(10)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(20)
                while part := connection.recv(65_536):
                    received.append(part)

        thread = threading.Thread(target=serve)
        thread.start()
        result = node.command("nc", FAR, 9000, data=payload)
        thread.join()
    assert result.returncode == 0, result.stderr
    assert b"".join(received) == payload


def test_traceroute_from_beyond_shows_both_hops(node, far):
    with far:
        output = run("traceroute", "-n", "-q", "1", "-w", "2", "-m", "5", NODE)
    hops = [line.split()[1] for line in output.splitlines()[1:]]
    assert hops == [FAR_ROUTER, NODE], output


def test_a_network_without_route_is_told(node):
    """The router has no way to it, and says so to the node's client."""
    result = node.command("nc", "203.0.113.1", 9, data=b"")
    assert result.returncode != 0
    assert result.stderr.strip()
