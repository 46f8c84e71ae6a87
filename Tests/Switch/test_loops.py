"""Ports that lead to each other: one of them is blocked, says why, and works again when the loop has gone."""

import time

from conftest import join
from harness.switch import Switch
from harness.traffic import can_ping, ping
from support.namespace import Namespace, run


def blocked(switch: Switch, *names: str) -> list[str]:
    return [name for name in names if switch.port(name)["blocked"]]


def wait_until(condition, what: str, seconds: float = 25) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def sent_frames(switch: Switch, name: str) -> int:
    return switch.port(name)["counters"]["transmit_packets_total"]


def cable(place: Namespace, first: str, second: str) -> None:
    with place:
        run("ip", "link", "add", first, "type", "veth", "peer", "name", second)
        for name in (first, second):
            run("ip", "link", "set", name, "up")


def test_a_cable_between_two_ports(pair) -> None:
    place, switch, one, two = pair
    cable(place, "c1", "c2")
    switch("add-port", "br0", "c1")
    switch("add-port", "br0", "c2")
    wait_until(lambda: blocked(switch, "c1", "c2") == ["c2"], "nothing was blocked")
    assert switch.port("c2")["blocked"].startswith("loop: what c")
    assert "BLOCKED" in switch("show")
    assert 'port_blocked{bridge="br0",port="c2"} 1' in switch("metrics")
    wait_until(lambda: "br0: port c2 is blocked: loop" in switch.log.read_text(), "nobody was told", 3)
    # A broadcast reaches everybody once and comes to rest.
    ping(one, "10.30.0.2")
    before = sent_frames(switch, "v2")
    time.sleep(1)
    assert sent_frames(switch, "v2") - before < 20

    switch("del-port", "c1")
    wait_until(lambda: not blocked(switch, "c2"), "it never worked again")
    wait_until(lambda: "port c2 carries frames again" in switch.log.read_text(), "nobody was told", 3)
    ping(one, "10.30.0.2")


def test_two_patch_cables(pair) -> None:
    """Both bridges find the loop; together they must cut one cable of both, even where their numbers cross."""
    _, switch, one, two = pair
    switch("add-br", "br1", "host-port=false")
    for near, far, numbers in (("p1", "q1", (11, 12)), ("p2", "q2", (12, 11))):
        switch("add-port", "br0", near, "--type", "patch", "--peer", far, f"number={numbers[0]}")
        switch("add-port", "br1", far, "--type", "patch", "--peer", near, f"number={numbers[1]}")
    names = ("p1", "p2", "q1", "q2")
    wait_until(lambda: blocked(switch, *names), "nothing was blocked")
    time.sleep(3)
    assert len(blocked(switch, *names)) == 1, blocked(switch, *names)
    ping(one, "10.30.0.2")
    # What lies behind the other bridge is still reached.
    switch("del-port", "v2")
    switch("add-port", "br1", "v2")
    wait_until(lambda: can_ping(one, "10.30.0.2"), "both cables were cut")
    assert switch.show()["bridges"][0]["drops"]["loop"] > 0


def test_who_is_ruled_by_controllers_blocks_nothing(pair) -> None:
    place, switch, _, _ = pair
    switch("set", "br0", "fail-mode=secure")
    cable(place, "c1", "c2")
    switch("add-port", "br0", "c1")
    switch("add-port", "br0", "c2")
    switch("del-flows", "br0")
    time.sleep(2)
    assert not blocked(switch, "c1", "c2")
    switch("set", "br0", "loop-guard=true")
    wait_until(lambda: blocked(switch, "c1", "c2") == ["c2"], "the guard was not set")
    switch("set", "br0", "loop-guard=")
    wait_until(lambda: not blocked(switch, "c1", "c2"), "the guard was not taken away", 3)
