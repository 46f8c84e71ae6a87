"""A bridge whose controller has gone forwards by itself; no flow is lost by that."""

import time

import pytest

from harness.openflow import Controller
from harness.tools import tool
from harness.traffic import can_ping, ping

pytestmark = pytest.mark.ovs
TARGET = "tcp:127.0.0.1:6701"


def flows(place, switch) -> set[str]:
    text = tool(place, switch, "ovs-ofctl", "--no-stats", "--no-names", "dump-flows", "br0")
    return {line.strip() for line in text.splitlines() if "actions=" in line}


def until(what, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def is_alone(switch) -> bool:
    return switch.show()["bridges"][0]["isAlone"]


def test_the_operators_flows_come_back_with_what_was_changed_meanwhile(pair) -> None:
    place, switch, one, _ = pair
    for flow in ("priority=5,icmp,actions=drop", "priority=6,udp,actions=drop",
                 "priority=7,idle_timeout=16,tcp,actions=drop"):
        tool(place, switch, "ovs-ofctl", "add-flow", "br0", flow)
    switch("set", "br0", f"controllers={TARGET}")
    until(lambda: is_alone(switch), 25)
    assert "forwards by itself" in switch("show") and "refused" in switch("show")
    assert flows(place, switch) == {"priority=0 actions=NORMAL"}
    ping(one, "10.30.0.2")

    # What an operator says meanwhile counts, now and later.
    tool(place, switch, "ovs-ofctl", "add-flow", "br0", "priority=8,arp,actions=NORMAL")
    tool(place, switch, "ovs-ofctl", "add-flow", "br0", "priority=6,udp,actions=output:1")
    # A restart in this state loses nothing either.
    time.sleep(1.5)
    with place:
        switch.restart(kill=True)
    until(lambda: is_alone(switch), 25)
    tool(place, switch, "ovs-ofctl", "add-flow", "br0", "priority=9,sctp,actions=drop")

    with place:
        controller = Controller(6701)
    controller.accept().barrier()
    until(lambda: not is_alone(switch), 5)
    # An idle timeout is not kept over a restart.
    expected = {"priority=5,icmp actions=drop", "priority=6,udp actions=output:1",
                "priority=8,arp actions=NORMAL", "priority=9,sctp actions=drop"}
    assert expected <= flows(place, switch)
    assert flows(place, switch) - expected <= {"priority=0 actions=NORMAL"}
    assert not can_ping(one, "10.30.0.2")
    controller.close()
