"""What goes wrong around a switch: bounded, said, and over when its cause is."""

import subprocess
import time

from conftest import join
from harness.switch import Switch
from harness.traffic import can_ping, ping
from support.namespace import Namespace, run


def wait_until(condition, what: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def memory(switch: Switch) -> int:
    """Resident memory in KiB."""
    with open(f"/proc/{switch.process.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def send_frames(host: Namespace, frames: str) -> None:
    """Sends from `eth0` what a Python expression yields."""
    with host:
        run("python3", "-c", f"""
import socket, struct, time
end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
end.bind(("eth0", 0))
for number, frame in enumerate({frames}):
    end.send(frame)
    # No faster than a debug build can take them.
    if number % 32 == 0: time.sleep(0.003)
""")


def test_a_device_vanishes_and_comes_back(pair) -> None:
    place, switch, one, two = pair
    ping(one, "10.30.0.2")
    with two:
        run("ip", "link", "del", "eth0")
    wait_until(lambda: switch.port("v2")["error"], "its loss was not said")
    assert "v2" in switch.port("v2")["error"] and "DOWN" in switch("show")
    assert "v2" not in switch("fdb", "br0")
    join(place, two, ("v2", "eth0"), (None, "10.30.0.2/24"))
    with one:
        # The new device has another Ethernet address.
        run("ip", "neigh", "flush", "all")
    wait_until(lambda: can_ping(one, "10.30.0.2"), "the new device was not taken")
    assert switch.port("v2")["error"] is None


def test_a_tunnel_whose_peer_is_silent(pair, make_host) -> None:
    place, switch, one, two = pair
    far = make_host()
    join(place, far, ("u0", "eth0"), ("172.30.0.1/24", None))
    switch("add-port", "br0", "gre0", "--type", "gre", "--remote-ip", "172.30.0.2")
    switch("add-port", "br0", "vx0", "--type", "vxlan", "--remote-ip", "172.30.0.2", "key=7")
    before = memory(switch)
    # Unknown stations: each frame is flooded into both tunnels, where nobody is.
    send_frames(one, """(b"\\x02\\0\\0\\0\\1\\1\\x02\\0\\0\\0\\0\\x11\\x08\\xb6".ljust(1400, b"x") for _ in range(10_000))""")
    ping(one, "10.30.0.2")
    assert memory(switch) - before < 16 << 10
    for name in ("gre0", "vx0"):
        counters = switch.port(name)["counters"]
        assert counters["transmit_packets_total"] + counters["transmit_drops_total"] \
            + counters["transmit_errors_total"] > 5_000


def test_a_flood_of_stations(pair) -> None:
    _, switch, one, two = pair
    ping(one, "10.30.0.2")
    before = memory(switch)
    send_frames(two, """(b"\\xff" * 6 + struct.pack("!HI", 0x0200, number) + b"\\x08\\xb6" + bytes(46) for number in range(20_000))""")
    # The table has 8,192 places.
    stations = len(switch("fdb", "br0").splitlines())
    assert 4_000 < stations < 8_300
    assert memory(switch) - before < 64 << 10
    ping(one, "10.30.0.2")
    ping(two, "10.30.0.1")


def test_a_flood_of_connections(pair) -> None:
    _, switch, one, two = pair
    switch(
        "add-flow", "br0", "priority=50,udp,ct_state=-trk,actions=ct(commit,table=1)",
        "table=1,priority=1,actions=NORMAL")
    ping(one, "10.30.0.2")
    send_frames(one, """(
        b"\\x02\\0\\0\\0\\1\\1\\x02\\0\\0\\0\\0\\x11\\x08\\0"
        + b"\\x45\\0\\0\\x1c\\0\\0\\0\\0\\x40\\x11\\0\\0" + struct.pack("!I", 0x0a010000 + number) + b"\\x0a\\x1e\\0\\x02"
        + b"\\0\\7\\0\\7\\0\\x08\\0\\0" + bytes(18) for number in range(1000))""")
    ping(one, "10.30.0.2")


def test_a_full_disk(pair, folder) -> None:
    """On a small file system: a change is refused and says so, nothing is changed, and all is well again."""
    place, _, one, two = pair
    small = folder / "small"
    small.mkdir()
    # The switch must see it, and so must we: a file system of the whole machine, under the test's folder.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small], check=True)
    switch = None
    try:
        with place:
            switch = Switch(small)
        switch("add-br", "br1", "host-port=false")
        switch("add-port", "br1", "p1", "--type", "memory")
        ballast = small / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        result = switch.run("add-port", "br1", "p2", "--type", "memory")
        assert result.returncode != 0 and "space" in result.stderr.lower(), result.stderr
        assert [port["name"] for port in switch.show()["bridges"][0]["ports"]] == ["p1"]
        result = switch.run("add-flow", "br1", "priority=7,icmp,actions=drop")
        assert result.returncode != 0 and "space" in result.stderr.lower(), result.stderr
        ballast.unlink()
        switch("add-port", "br1", "p2", "--type", "memory")
        switch("add-flow", "br1", "priority=8,tcp,actions=drop")
        switch.restart(kill=True)
        assert {port["name"] for port in switch.show()["bridges"][0]["ports"]} == {"p1", "p2"}
        assert "priority=8,tcp" in switch("flows", "br1")
    finally:
        if switch:
            switch.stop()
        subprocess.run(["umount", "-l", small], check=True)
