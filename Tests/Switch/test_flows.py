"""Flows by the command line: what they do, what mistakes say, what a restart brings back."""

import re

import pytest

from harness.traffic import can_ping, ping


def test_flows_decide_and_are_shown(pair) -> None:
    _, switch, one, two = pair
    ping(one, "10.30.0.2")
    assert "v1" in switch("fdb", "br0") and "v2" in switch("fdb", "br0")
    switch("add-flow", "br0", "priority=100,icmp,actions=drop")
    assert not can_ping(one, "10.30.0.2")
    assert "icmp actions=drop" in switch("flows", "br0")
    assert "dropped" in switch("trace", "br0", "in_port=1,icmp,nw_dst=10.30.0.2")
    switch("del-flows", "br0", "icmp")
    ping(one, "10.30.0.2")
    assert "NORMAL" in switch("trace", "br0", "in_port=1,icmp,nw_dst=10.30.0.2")


def test_mistakes_are_explained_and_change_nothing(pair) -> None:
    _, switch, _, _ = pair
    before = re.sub(r"(duration|n_packets|n_bytes)=[^,]*", "", switch("flows", "br0"))
    result = switch.run("add-flow", "br0", "icmp,actions=drop", "tp_dst=80,actions=drop")
    assert result.returncode != 0 and "tp_dst" in result.stderr
    result = switch.run("flows", "br1")
    assert result.returncode != 0 and "br0" in result.stderr
    assert re.sub(r"(duration|n_packets|n_bytes)=[^,]*", "", switch("flows", "br0")) == before


@pytest.mark.parametrize("kill", [False, True], ids=["ended", "killed"])
def test_flows_are_back_after_a_restart(pair, kill: bool) -> None:
    place, switch, one, two = pair
    switch(
        "add-flow", "br0", "cookie=0x2a,priority=7,udp,tp_dst=9,actions=output:v2",
        "priority=9,hard_timeout=500,tcp,actions=drop",
        "priority=8,idle_timeout=50,tcp,tp_dst=1,actions=drop",
    )
    with place:
        switch.restart(kill)
    flows = switch("flows", "br0")
    assert "cookie=0x2a" in flows and "priority=7,udp,tp_dst=9" in flows
    assert "hard_timeout=500" in flows
    assert "idle_timeout" not in flows
    assert "priority=0 actions=NORMAL" in flows
    assert len(flows.splitlines()) == 3
    ping(one, "10.30.0.2")
