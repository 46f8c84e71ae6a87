"""`martlet controller` and the learning switch of Examples/, with our switch and with Open vSwitch."""

import json
import os
import subprocess
import time

import pytest

from conftest import join
from harness.tools import tool
from harness.traffic import can_ping, iperf, ping
from support.namespace import run
from support.node import MARTLET
from support.process import Process

pytestmark = pytest.mark.ovs
EXAMPLE = MARTLET.parent / "LearningSwitch"


class Bridge:
    """A bridge with two hosts, its switch ours or Open vSwitch."""

    def __init__(self, kind, pair, start_ovs, make_host) -> None:
        if kind == "martlet":
            self.place, self.switch, self.one, self.two = pair
            self.commands = self.switch
        else:
            self.place, self.one, self.two = make_host(), make_host(), make_host()
            join(self.place, self.one, ("v1", "eth0"), (None, "10.30.0.1/24"))
            join(self.place, self.two, ("v2", "eth0"), (None, "10.30.0.2/24"))
            self.switch = None
            self.ovs = start_ovs(self.place)
            with self.place:
                self.ovs.vsctl(
                    "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev", "--",
                    "add-port", "br0", "v1", "--", "add-port", "br0", "v2")
            for host in (self.one, self.two):
                with host:
                    run("ethtool", "-K", "eth0", "tx", "off", check=False)

    def control(self, version: str | None = None) -> None:
        """Secure, so that nothing passes but by the controller."""
        if self.switch:
            self.switch("set", "br0", "fail-mode=secure", "controllers=tcp:127.0.0.1:6653")
            self.switch("del-flows", "br0")
        else:
            with self.place:
                self.ovs.vsctl(
                    "set-fail-mode", "br0", "secure", "--", "set-controller", "br0",
                    "tcp:127.0.0.1:6653", "--", "set", "bridge", "br0",
                    "protocols=" + (version or "OpenFlow10,OpenFlow13"))

    def flows(self) -> str:
        if self.switch:
            return tool(self.place, self.switch, "ovs-ofctl", "dump-flows", "br0")
        with self.place:
            return self.ovs._tool("ovs-ofctl", "-O", "OpenFlow13,OpenFlow10", "dump-flows", "br0")


@pytest.fixture(params=["martlet", "ovs"])
def bridge(request, pair, start_ovs, make_host) -> Bridge:
    return Bridge(request.param, pair, start_ovs, make_host)


def start(bridge: Bridge, folder, *words: object) -> Process:
    with bridge.place:
        process = Process(list(words), folder / "controller.log")
    return process


def until_ping(bridge: Bridge, address: str = "10.30.0.2") -> None:
    deadline = time.monotonic() + 20
    while not can_ping(bridge.one, address):
        assert time.monotonic() < deadline, "the controller was never found"


@pytest.mark.parametrize("version", ["1.0", "1.3"])
def test_learn(bridge, folder, version: str) -> None:
    bridge.control("OpenFlow10" if version == "1.0" else "OpenFlow13")
    assert not can_ping(bridge.one, "10.30.0.2")
    controller = start(bridge, folder, MARTLET, "controller", "learn", "--openflow", version)
    try:
        controller.wait_for_line("ready")
        until_ping(bridge)
        ping(bridge.one, "10.30.0.2", 3)
        assert "idle_timeout=60" in bridge.flows()
        if version == "1.3":
            assert iperf(bridge.one, bridge.two, "10.30.0.2") > 1e6
        log = controller.log.read_text()
        assert f"is connected: OpenFlow {version}" in log and "refuses" not in log, log
    finally:
        assert controller.stop() == 0


def test_the_example(bridge, folder) -> None:
    bridge.control()
    controller = start(bridge, folder, EXAMPLE, "ptcp:6653:127.0.0.1")
    try:
        until_ping(bridge)
        ping(bridge.two, "10.30.0.1", 3)
    finally:
        controller.stop()


def test_policy(bridge, folder) -> None:
    policy = folder / "flows.txt"
    policy.write_text(
        "# what passes\npriority=10,arp,actions=NORMAL\n"
        "priority=20,icmp,icmp_type=8,in_port=v1,actions=output:v2\n"
        "priority=20,icmp,icmp_type=0,in_port=v2,actions=output:v1\n"
        "switch 00000000000000ff\npriority=30,actions=drop\nswitch *\npriority=0,actions=drop\n")
    bridge.control()
    controller = start(bridge, folder, MARTLET, "controller", "policy", policy)
    try:
        controller.wait_for_line("ready")
        until_ping(bridge)
        assert not can_ping(bridge.two, "10.30.0.1")
        flows = bridge.flows()
        assert flows.count("actions=") == 4 and "priority=30" not in flows, flows
    finally:
        controller.stop()


def test_a_wrong_policy_is_refused(folder) -> None:
    policy = folder / "flows.txt"
    for text, reason in (("arp,actions=NORMAL\nip\n", ":2: this is no flow"),
                         ("switch x\n", ":1: expected 'switch'")):
        policy.write_text(text)
        result = subprocess.run([MARTLET, "controller", "policy", policy, "--listen", "ptcp:0"],
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 65 and reason in result.stderr, result.stderr


def test_nat(bridge, folder) -> None:
    """Host one is inside, host two the router and server outside; the server sees one address."""
    for host, address in ((bridge.one, "10.9.0.7/24"), (bridge.two, "192.0.2.1/24")):
        with host:
            run("ip", "addr", "flush", "dev", "eth0")
            run("ip", "addr", "add", address, "dev", "eth0")
    with bridge.one:
        run("ip", "route", "add", "default", "via", "10.9.0.1")
    bridge.control()
    controller = start(
        bridge, folder, MARTLET, "controller", "nat", "--outside-port", "v2", "--outside",
        "192.0.2.5/24", "--gateway", "192.0.2.1", "--inside", "10.9.0.1/24")
    server = None
    try:
        controller.wait_for_line("ready")
        server = serve(bridge, folder)
        deadline = time.monotonic() + 20
        while (peer := fetch(bridge)) is None:
            assert time.monotonic() < deadline, controller.log.read_text() + bridge.flows()
        assert peer[0] == "192.0.2.5" and 32768 <= peer[1] < 61000, peer
        assert fetch(bridge)[1] != peer[1]
        assert iperf(bridge.one, bridge.two, "192.0.2.1") > 1e6
        flows = bridge.flows()
        assert "mod_nw_src:192.0.2.5" in flows or "set_field:192.0.2.5" in flows, flows
    finally:
        controller.stop()
        if server:
            server.stop()


SERVER = """
import json, socket
listener = socket.create_server(("192.0.2.1", 80))
print("ready", flush=True)
while True:
    client, peer = listener.accept()
    client.sendall(json.dumps(peer).encode())
    client.close()
"""


def serve(bridge: Bridge, folder) -> Process:
    with bridge.two:
        server = Process(["python3", "-c", SERVER], folder / "server.log")
    server.wait_for_line("ready")
    return server


def fetch(bridge: Bridge) -> list | None:
    """The address that the server saw."""
    code = ("import socket; c = socket.create_connection(('192.0.2.1', 80), 2); "
            "print(c.recv(100).decode())")
    with bridge.one:
        result = subprocess.run(["python3", "-c", code], capture_output=True, text=True,
                                timeout=20, env=os.environ)
    return json.loads(result.stdout) if result.returncode == 0 else None
