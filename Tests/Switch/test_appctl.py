"""The real `ovs-appctl` asks our switch and ends it."""

import re
import socket
import time

import pytest

from harness.switch import Switch
from harness.tools import ask, tool
from harness.traffic import ping

pytestmark = pytest.mark.ovs


def test_what_it_is_asked(pair) -> None:
    place, switch, one, _ = pair
    assert "Martlet" in tool(place, switch, "ovs-appctl", "version")
    commands = tool(place, switch, "ovs-appctl", "list-commands")
    for command in ("fdb/show", "ofproto/trace", "dpif/show", "exit", "list-commands"):
        assert re.search(rf"^  {command}\b", commands, re.MULTILINE), commands
    assert tool(place, switch, "ovs-appctl", "ofproto/list").split() == ["br0"]

    ping(one, "10.30.0.2")
    rows = tool(place, switch, "ovs-appctl", "fdb/show", "br0").splitlines()
    assert rows[0] == " port  VLAN  MAC                Age"
    assert {row.split()[0] for row in rows[1:]} == {"1", "2"}
    assert all(re.fullmatch(r" {4}\d +0  (..:){5}..  +\d+", row) for row in rows[1:]), rows
    tool(place, switch, "ovs-appctl", "fdb/flush", "br0")
    assert len(tool(place, switch, "ovs-appctl", "fdb/show", "br0").splitlines()) == 1

    ports = tool(place, switch, "ovs-appctl", "dpif/show")
    assert re.match(r"netdev@martlet: hit:[1-9]\d* missed:\d+\n  br0:\n", ports), ports
    assert "    v1 1/1: (system)\n" in ports and "    v2 2/2: (system)\n" in ports


def test_trace(pair) -> None:
    place, switch, _, _ = pair
    tool(place, switch, "ovs-ofctl", "add-flow", "br0", "priority=9,tcp,tp_dst=80,actions=output:2")
    tool(place, switch, "ovs-ofctl", "add-flow", "br0", "priority=9,udp,actions=drop")
    lines = tool(
        place, switch, "ovs-appctl", "ofproto/trace", "br0",
        "in_port=1,tcp,nw_dst=10.30.0.2,tp_dst=80").splitlines()
    assert lines[0].startswith("Flow: in_port=1") and 'bridge("br0")' in lines
    assert lines[-1] == "Datapath actions: 2"
    assert lines[-2].startswith("Megaflow: ") and "tp_dst=80" in lines[-2]
    text = tool(place, switch, "ovs-appctl", "ofproto/trace", "br0", "in_port=1,udp", "-generate")
    assert text.endswith("Datapath actions: drop\n")
    frame = bytes.fromhex("020000000002020000000001 0800".replace(" ", "")) + bytes.fromhex(
        "45000028000000004006000001010101020202020001005000000000000000005002000000000000")
    text = tool(place, switch, "ovs-appctl", "ofproto/trace", "br0", "in_port=2", frame.hex())
    # It would go out where it came in.
    assert text.endswith("Datapath actions: drop\n")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["no/such"], '"no/such" is not a valid command'),
        (["fdb/show"], "requires at least 1 argument"),
        (["fdb/show", "br0", "x"], "takes at most 1 argument"),
        (["fdb/show", "br1"], "br1"),
        (["ofproto/trace", "br0", "in_port=77"], "in_port"),
        (["ofproto/trace", "br0", "in_port=1,nonsense=3"], "nonsense"),
        (["ofproto/trace", "br0", "in_port=1", "12345"], "hexadecimal"),
    ],
)
def test_what_cannot_be_is_said(pair, words, reason) -> None:
    place, switch, _, _ = pair
    result = ask(place, switch, "ovs-appctl", *words)
    assert result.returncode != 0 and reason in result.stderr, result.stderr


def test_it_ends_when_told(make_host, folder) -> None:
    place = make_host()
    with place:
        switch = Switch(folder)
    tool(place, switch, "ovs-appctl", "exit")
    assert switch.process.process.wait(10) == 0
    left = {path.name for path in switch.directory.iterdir()}
    assert not [name for name in left if name.startswith("ovs-vswitchd.")], left
    result = ask(place, switch, "ovs-appctl", "version")
    assert result.returncode != 0 and "pid" in result.stderr


def test_it_is_found_after_a_kill(make_host, start_switch) -> None:
    place = make_host()
    switch = start_switch(place)
    with place:
        switch.restart(kill=True)
    assert "Martlet" in tool(place, switch, "ovs-appctl", "version")
    sockets = [path.name for path in switch.directory.glob("ovs-vswitchd.*.ctl")]
    assert len(sockets) == 1, sockets


def test_clients_that_do_not_behave_hold_nobody_up(make_host, start_switch) -> None:
    place = make_host()
    switch = start_switch(place)
    (path,) = switch.directory.glob("ovs-vswitchd.*.ctl")

    def connect() -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(10)
        client.connect(str(path))
        return client

    silent = [connect() for _ in range(8)]
    for nonsense in (b"[1]", b'{"id":1}', b'{"id":0,"method":"version","params":3}', b"}" * 9,
                     b'{"id":0,"method":"' + b"x" * (1 << 17)):
        with connect() as client:
            try:
                client.sendall(nonsense)
                assert client.recv(100) == b""
            except ConnectionError:
                pass
    with connect() as client:
        client.sendall(b'{"id":7,"method":"version","par')
        time.sleep(0.1)
        client.sendall(b'ams":[]}{"id":8,"method":"fdb/show","params":[1]}')
        answers = b""
        while answers.count(b'"id":') < 2:
            answers += client.recv(4096)
        assert b'"id":7' in answers and b"takes texts only" in answers
    assert "Martlet" in tool(place, switch, "ovs-appctl", "version")
    for client in silent:
        client.close()
