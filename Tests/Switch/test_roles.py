"""Several controllers: roles with generations, what a slave may, and where it is shown."""

import struct
import time

import pytest

from harness import openflow
from harness.openflow import ERROR, MASTER, ROLE_REPLY, SLAVE, Controller, flow_mod, output, role
from harness.tools import tool
from harness.traffic import can_ping, ping


@pytest.fixture
def controllers(pair):
    """Two controllers of a bridge in secure mode, both connected."""
    place, switch, one, two = pair
    made = []
    try:
        with place:
            for port in (6701, 6702):
                made.append(Controller(port))
        switch("set", "br0", "fail-mode=secure",
               "controllers=tcp:127.0.0.1:6701,tcp:127.0.0.1:6702")
        peers = [controller.accept() for controller in made]
        yield switch, place, one, peers
    finally:
        for controller in made:
            controller.close()


def states(switch) -> dict[str, tuple]:
    (bridge,) = switch.show()["bridges"]
    return {
        state["target"]: (state["isConnected"], state["role"])
        for state in bridge["controllerStates"]
    }


def test_roles(controllers) -> None:
    switch, place, one, (first, second) = controllers
    names = ["tcp:127.0.0.1:6701", "tcp:127.0.0.1:6702"]
    first.barrier(), second.barrier()
    assert states(switch) == {names[0]: (True, "other"), names[1]: (True, "other")}

    assert role(first, MASTER, 7) == (ROLE_REPLY, struct.pack("!I4xQ", MASTER, 7))
    assert role(second, SLAVE, 7)[0] == ROLE_REPLY
    assert states(switch) == {names[0]: (True, "master"), names[1]: (True, "slave")}
    text = switch("show")
    assert f"controller {names[0]}: connected, master, OpenFlow 1.3" in text
    assert f"controller {names[1]}: connected, slave" in text

    # A slave changes nothing, and is told so.
    second.send(openflow.FLOW_MOD, flow_mod(1, output(0xFFFFFFFA)))
    assert second.expect(ERROR)[:4] == struct.pack("!HH", 1, 10)
    frame = bytes.fromhex("ffffffffffff020000000001" "0800") + bytes(46)
    second.send(openflow.PACKET_OUT, struct.pack("!IIH6x", 0xFFFFFFFF, 0xFFFFFFFD, 16)
                + output(0xFFFFFFFB) + frame)
    assert second.expect(ERROR)[:4] == struct.pack("!HH", 1, 10)
    assert not can_ping(one, "10.30.0.2")
    first.send(openflow.FLOW_MOD, flow_mod(1, output(0xFFFFFFFA)))
    first.barrier()
    ping(one, "10.30.0.2")

    # An old generation is refused; a new one takes over, and who was master is slave.
    assert role(second, MASTER, 6) == (ERROR, struct.pack("!HH", 11, 0) + request(MASTER, 6))
    assert role(second, MASTER, 8)[0] == ROLE_REPLY
    assert states(switch) == {names[0]: (True, "slave"), names[1]: (True, "master")}
    first.send(openflow.FLOW_MOD, flow_mod(0, command=3))
    assert first.expect(ERROR)[:4] == struct.pack("!HH", 1, 10)
    ping(one, "10.30.0.2")

    # Without the master nobody takes its place by itself.
    second.close()
    deadline = time.monotonic() + 5
    while states(switch)[names[1]][0]:
        assert time.monotonic() < deadline
    assert states(switch)[names[0]] == (True, "slave")


def request(number: int, generation: int) -> bytes:
    return openflow.message(4, openflow.ROLE, struct.pack("!I4xQ", number, generation))


def test_what_is_told_to_whom(controllers) -> None:
    """Masks of events: by default a slave hears of ports alone; each may say otherwise."""
    switch, place, one, (first, second) = controllers
    role(first, MASTER, 1)
    role(second, SLAVE, 1)
    first.send(openflow.GET_ASYNC)
    assert first.expect(openflow.GET_ASYNC_REPLY) == struct.pack("!6I", 3, 0, 7, 7, 15, 0)
    # A table-miss that asks.
    first.send(openflow.FLOW_MOD, flow_mod(0, output(0xFFFFFFFD)))
    first.barrier()
    assert not can_ping(one, "10.30.0.2")
    first.expect(openflow.PACKET_IN)
    assert openflow.PACKET_IN not in [kind for kind, _ in second.barrier()]
    second.send(openflow.SET_ASYNC, struct.pack("!6I", 3, 3, 7, 0, 15, 0))
    first.send(openflow.SET_ASYNC, struct.pack("!6I", 0, 0, 7, 7, 0, 0))
    first.barrier(), second.barrier()
    assert not can_ping(one, "10.30.0.2")
    second.expect(openflow.PACKET_IN)
    assert openflow.PACKET_IN not in [kind for kind, _ in first.barrier()]
    # A port goes: who asked not to be told is not.
    switch("del-port", "v2")
    first.expect(openflow.PORT_STATUS)
    assert openflow.PORT_STATUS not in [kind for kind, _ in second.barrier()]


@pytest.mark.ovs
def test_the_database_tells(controllers) -> None:
    switch, place, _, (first, second) = controllers
    role(first, MASTER, 1)
    role(second, SLAVE, 1)
    vsctl = ["ovs-vsctl", f"--db=unix:{switch.directory}/db.sock"]
    deadline = time.monotonic() + 10
    while True:
        rows = tool(place, switch, *vsctl, "--columns=target,is_connected,role", "--format=csv",
                    "--data=bare", "--no-headings", "list", "controller").splitlines()
        if sorted(rows) == ["tcp:127.0.0.1:6701,true,master", "tcp:127.0.0.1:6702,true,slave"]:
            break
        assert time.monotonic() < deadline, rows
        time.sleep(0.2)
    assert "is_connected: true" in tool(place, switch, *vsctl, "show")
