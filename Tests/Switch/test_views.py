"""What the switch shows of flows, connections and frames: in lines, as JSON, as a capture."""

import json
import select
import signal
import subprocess
import threading
import time

import pytest

from harness.traffic import can_ping, datagrams, listen, ping, transfer
from support.node import MARTLET


def test_flows_and_traces_as_json(pair) -> None:
    _, switch, one, _ = pair
    switch("add-flow", "br0", "cookie=0x2a,priority=100,icmp,in_port=v1,actions=output:v2")
    ping(one, "10.30.0.2", 2)
    flows = json.loads(switch("flows", "br0", "icmp", "--json"))
    assert len(flows) == 1
    assert flows[0] | {"ageMilliseconds": 0, "bytes": 0, "packets": 0} == {
        "table": 0, "priority": 100, "cookie": "0x2a", "match": "in_port=1,icmp", "actions": "output:2",
        "packets": 0, "bytes": 0, "ageMilliseconds": 0, "idleTimeout": 0, "hardTimeout": 0,
    }
    assert flows[0]["packets"] >= 2 and flows[0]["bytes"] >= 196
    trace = json.loads(
        switch("trace", "br0", "in_port=1,icmp,nw_dst=10.30.0.2", "--json"))
    assert trace["outputs"] == ["v2"]
    assert [step["kind"] for step in trace["steps"]] == ["lookup", "action", "output"]
    assert "icmp" in trace["lookedAt"] and "nw_dst" not in trace["lookedAt"]
    assert json.loads(switch("flows", "br0", "udp", "--json")) == []


def test_connections(pair) -> None:
    _, switch, one, two = pair
    assert switch("conntrack", "br0") == ""
    switch(
        "add-flow", "br0", "priority=50,ip,ct_state=-trk,actions=ct(table=1,zone=5)",
        "table=1,priority=1,ip,ct_state=+trk+new,in_port=1,"
        "actions=ct(commit,zone=5,exec(set_field:7->ct_mark)),NORMAL",
        "table=1,priority=1,ip,ct_state=+trk+est,actions=NORMAL",
    )
    ping(one, "10.30.0.2", 2)
    transfer(one, two, "10.30.0.2", 100_000)
    entries = json.loads(switch("conntrack", "br0", "--json"))
    tcp = [entry for entry in entries if entry["protocol"] == "tcp"]
    assert len(tcp) == 1 and tcp[0]["zone"] == 5 and tcp[0]["mark"] == 7
    assert tcp[0]["original"]["source"] == "10.30.0.1"
    assert tcp[0]["reply"]["destinationPort"] == tcp[0]["original"]["sourcePort"]
    assert tcp[0]["original"]["bytes"] > 100_000 and tcp[0]["state"] == "TIME_WAIT"
    lines = switch("conntrack", "br0", "--zone", "5").splitlines()
    assert len(lines) == len(entries)
    assert any(line.startswith("icmp,orig=(src=10.30.0.1,dst=10.30.0.2,id=") for line in lines)
    assert switch("conntrack", "br0", "--zone", "6") == ""
    # The other side may not begin; forgotten, what was allowed begins anew.
    assert not can_ping(two, "10.30.0.1")
    assert "forgotten" in switch("conntrack", "br0", "--flush", "--zone", "5")
    assert switch("conntrack", "br0") == ""
    ping(one, "10.30.0.2", 1)
    assert "icmp" in switch("conntrack", "br0")


def start_capture(switch, *words) -> subprocess.Popen:
    return subprocess.Popen(
        [str(MARTLET), "switch", "capture", "--dir", str(switch.directory), *map(str, words)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_capture_is_read_by_tcpdump(pair, folder) -> None:
    _, switch, one, _ = pair
    file = folder / "frames.pcapng"
    capture = start_capture(switch, "v2", "-w", file, "-n", 4, "icmp")
    lines = start_capture(switch, "v2", "-n", 4, "icmp")
    deadline = time.monotonic() + 10
    while capture.poll() is None or lines.poll() is None:
        assert time.monotonic() < deadline, "the captures never had their frames"
        can_ping(one, "10.30.0.2")
    assert capture.returncode == 0, capture.stderr.read()
    text = subprocess.run(
        ["tcpdump", "-n", "-r", str(file)], capture_output=True, text=True, check=True).stdout
    assert len(text.splitlines()) == 4
    assert "10.30.0.1 > 10.30.0.2: ICMP echo request" in text
    assert "10.30.0.2 > 10.30.0.1: ICMP echo reply" in text
    told = lines.communicate(timeout=5)[0].splitlines()
    # It leaves by this port and its answer comes in.
    assert len(told) == 4
    for line in told:
        assert line.split()[1] == (">" if " > 10.30.0.2" in line else "<"), line
    result = switch.run("capture", "v3")
    assert result.returncode != 0 and "did you mean" in result.stderr


def test_slow_reader_of_a_capture_holds_up_nobody(pair) -> None:
    _, switch, one, two = pair
    capture = start_capture(switch, "v1", "-w", "-")
    try:
        while not can_ping(one, "10.30.0.2"):
            pass
        # Nobody reads: the pipe, the socket and the queue fill up, and the frames go on.
        transfer(one, two, "10.30.0.2", 32 << 20)
        capture.send_signal(signal.SIGCONT)
        output = bytearray()

        def read() -> None:
            while piece := capture.stdout.buffer.read1(1 << 16):
                output.extend(piece)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        assert select.select([capture.stderr], [], [], 15)[0], "the misses were not told"
        line = capture.stderr.readline()
        assert "were missed" in line and int(line.split("martlet: ")[-1].split()[0]) > 0
        ping(one, "10.30.0.2")
    finally:
        capture.terminate()
        capture.wait(5)
    assert capture.returncode == 0
