"""Bad days: floods, links that go, sockets that close while data arrives. Nothing is left behind."""

import json
import os
import socket

import pytest

import peers
from link import Namespace
from test_memory import free
from test_network import ping

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

MODELS = ["rtl8139", "virtio-net-pci"]
ROUNDS = 200 if os.environ.get("MARTLET_LONG") == "1" else 60

BLAST = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(20000):
    try: s.sendto(bytes(1400), ("192.0.2.2", 9999))
    except OSError: pass
"""

# Connections that end in every way while the kernel still sends to them or receives from them.
ABRUPT = """
import random, socket, struct, sys
chance = random.Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    port = chance.choice([7, 80])
    s = socket.create_connection(("192.0.2.2", port))
    try:
        if port == 80: s.sendall(b"GET /bytes/3000000 HTTP/1.1\\r\\nHost: k\\r\\n\\r\\n")
        else: s.sendall(bytes(chance.randrange(200000)))
        s.recv(chance.randrange(1, 100000))
        if chance.random() < 0.5:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except ConnectionError:
        pass
    s.close()
"""


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


class Monitor:
    """QEMU's own control, by JSON over a socket."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile()
        self._lines.readline()
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        self._socket.sendall(
            json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while "return" not in (answer := json.loads(self._lines.readline())):
            assert "error" not in answer, answer


@pytest.mark.parametrize("model", MODELS)
def test_a_flood_is_dropped_and_leaves_nothing(namespace, model):
    with peers.boot(namespace, model, "burn") as kernel:
        kernel.expect("^shell: type help$")
        free(kernel)
        before = free(kernel)
        namespace.run("python3", "-c", BLAST)
        assert ping(namespace, "-c", "50", "-i", "0.01") == (50, 50)
        assert free(kernel) == before


@pytest.mark.parametrize("model", MODELS)
def test_a_link_may_go_and_come_back(namespace, model, tmp_path):
    qmp = ["-qmp", f"unix:{tmp_path}/qmp,server=on,wait=off"]
    with peers.boot(namespace, model, arguments=qmp) as kernel:
        monitor = Monitor(tmp_path / "qmp")
        assert ping(namespace, "-c", "3", "-i", "0.01") == (3, 3)
        monitor.do("set_link", name="n0", up=False)
        assert ping(namespace, "-c", "2", "-i", "0.01", "-W", "1") == (2, 0)
        monitor.do("set_link", name="n0", up=True)
        assert ping(namespace, "-c", "10", "-i", "0.01") == (10, 10)
        kernel.type("ifconfig")
        kernel.expect("^eth0: up")


@pytest.mark.parametrize("model", MODELS)
def test_connections_that_end_in_mid_stream_leave_nothing(namespace, model):
    with peers.boot(namespace, model) as kernel:
        # The web server keeps as many sessions as it ever had at once: it is to have had enough.
        namespace.run(
            "curl", "-sS", "--fail", "--parallel", "--parallel-immediate", "--parallel-max", "20",
            "-o", "/dev/null", "http://192.0.2.2/bytes/50000?[1-20]")
        namespace.run("python3", "-c", ABRUPT, 0, 40)
        before = settled(kernel)
        namespace.run("python3", "-c", ABRUPT, 1, ROUNDS)
        after = settled(kernel)
        # Tables that grow once may do so late; one block a connection would be many more.
        assert after[0] - before[0] < 10 and after[1] - before[1] < 10, (before, after)


def settled(kernel):
    """What is in use once no block, packet or connection's socket is: echo's listener remains."""
    while True:
        use = free(kernel)
        if use[2:] == [0, 0, 1]:
            return use
