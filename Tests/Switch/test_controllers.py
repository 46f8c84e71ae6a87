"""Open vSwitch's own tools and controller drive our switch, unchanged."""

import time

import pytest

from harness.tools import tool
from harness.traffic import can_ping, ping
from support.process import Process

pytestmark = pytest.mark.ovs


@pytest.mark.parametrize(
    "options", [["-F", "OpenFlow10", "--no-names"], [], ["-O", "OpenFlow13"]],
    ids=["1.0", "default", "1.3"],
)
def test_flow_tool(pair, options) -> None:
    place, switch, one, two = pair
    assert "v1" in tool(place, switch, "ovs-ofctl", *options, "show", "br0")
    tool(place, switch, "ovs-ofctl", *options, "add-flow", "br0",
         "table=0, priority=9, icmp, actions=drop")
    assert not can_ping(one, "10.30.0.2")
    assert "icmp actions=drop" in tool(place, switch, "ovs-ofctl", *options, "dump-flows", "br0")
    tool(place, switch, "ovs-ofctl", *options, "del-flows", "br0", "icmp")
    ping(one, "10.30.0.2")


@pytest.mark.parametrize("version", ["OpenFlow10", "OpenFlow13"])
def test_controller_teaches(pair, folder, version: str) -> None:
    """Without flows nothing passes; with a controller that learns everything does, also when it is killed
    and comes back."""
    place, switch, one, two = pair
    switch("set", "br0", "fail-mode=secure", "controllers=tcp:127.0.0.1:6636")
    switch("del-flows", "br0")
    assert not can_ping(one, "10.30.0.2")
    for run in range(2):
        with place:
            controller = Process(
                ["env", f"OVS_RUNDIR={folder}", "ovs-testcontroller", "-O", version,
                 "ptcp:6636:127.0.0.1"], folder / f"controller{run}.log")
        try:
            # It is looked for again with growing pauses of at most some seconds.
            deadline = time.monotonic() + 20
            while not can_ping(one, "10.30.0.2"):
                assert time.monotonic() < deadline, "the controller was never found"
            ping(one, "10.30.0.2", 5)
            assert "n_packets" in tool(place, switch, "ovs-ofctl", "dump-flows", "br0", "icmp")
        finally:
            controller.stop(seconds=10)
        switch("del-flows", "br0")


def test_configuration_tool(make_host, start_switch) -> None:
    """What `ovs-vsctl` asks for is there when it returns; what cannot be says why."""
    place = make_host()
    switch = start_switch(place)
    vsctl = ["ovs-vsctl", f"--db=unix:{switch.directory}/db.sock"]
    tool(place, switch, *vsctl, "--no-wait", "init")
    tool(place, switch, *vsctl, "add-br", "br7", "--", "add-port", "br7", "gre0", "--", "set",
         "interface", "gre0", "type=gre", "options:remote_ip=192.0.2.9")
    port = switch.port("gre0")
    assert port["type"] == "gre"
    tool(place, switch, *vsctl, "add-port", "br7", "st0", "--", "set", "interface", "st0",
         "type=stt", "options:remote_ip=192.0.2.9")
    assert "error:" in tool(place, switch, *vsctl, "show")
    switch("add-br", "br8", "host-port=false")
    assert tool(place, switch, *vsctl, "list-br").split() == ["br7", "br8"]
    tool(place, switch, *vsctl, "del-br", "br7")
    assert [bridge["name"] for bridge in switch.show()["bridges"]] == ["br8"]


def test_what_is_no_controller_is_refused(pair) -> None:
    _, switch, one, _ = pair
    for target, reason in (
        ("tpc:127.0.0.1", "no target"), ("tcp:host", "IPv4"), ("ssl:127.0.0.1", "TLS"),
    ):
        result = switch.run("set", "br0", f"controllers={target}")
        assert result.returncode != 0 and target in result.stderr and reason in result.stderr
    assert switch.show()["bridges"][0]["controllers"] == []
    ping(one, "10.30.0.2")


def test_fail_mode_changes_while_it_runs(pair) -> None:
    _, switch, one, _ = pair
    switch("set", "br0", "fail-mode=secure")
    switch("del-flows", "br0")
    assert not can_ping(one, "10.30.0.2")
    switch("set", "br0", "fail-mode=standalone")
    ping(one, "10.30.0.2")
