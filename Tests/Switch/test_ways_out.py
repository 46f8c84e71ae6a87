"""The gateway of a bridge, one port of the configuration: by the host's sockets as a user without any
privilege, routed, and with NAT under a port's own address. What is asked is curl's to fetch."""

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import join
from harness.switch import Switch
from harness.traffic import can_ping, datagrams, listen, ping, transfer
from support.namespace import Namespace, run, set_kernel
from support.node import MARTLET

OUTSIDE = "198.51.100.1"
NOBODY = 65534


def fetch(place: Namespace, url: str, *options: object) -> str:
    with place:
        return run("curl", "-sS", "--max-time", 10, *options, url)


@contextlib.contextmanager
def web(place: Namespace, text: str, port: int = 80) -> Iterator[None]:
    """A web server that says one thing, and who asked."""
    with place:
        server = subprocess.Popen(
            ["python3", "-c", f"""
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("{text} " + self.client_address[0]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("", {port}), Handler)
print("ready", flush=True)
server.serve_forever()
"""], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    server.stdout.readline()
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


def wait_for(condition, what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def lease(guest: Namespace, folder: Path, device: str = "eth0") -> dict[str, str]:
    """Gets an address by udhcpc, uses it, and returns what it was told."""
    script = folder / "udhcpc.sh"
    script.write_text("""#!/bin/sh
[ "$1" = bound ] || exit 0
echo "ip=$ip" "mask=$mask" "router=$router" "dns=$dns" "domain=$domain"
ip addr add $ip/$mask dev $interface
ip route add default via $router
""")
    script.chmod(0o755)
    with guest:
        text = run("busybox", "udhcpc", "-i", device, "-n", "-q", "-f", "-t", "8", "-T", "1",
                   "-s", script)
    line = next(line for line in text.splitlines() if line.startswith("ip="))
    return dict(word.split("=", 1) for word in line.split(" "))


class Site:
    """A switch with guests at `br-in` and an outside at `br-out`, where a gateway may lead."""

    def __init__(self, make_host, start_switch) -> None:
        self.place, self.outside = make_host(), make_host()
        self.guests = [make_host(), make_host()]
        join(self.place, self.outside, ("x0", "eth0"), (None, f"{OUTSIDE}/24"))
        self.switch = start_switch(self.place)
        self.switch("add-br", "br-in", "host-port=false")
        self.switch("add-br", "br-out", "host-port=false")
        self.switch("add-port", "br-out", "x0")
        for number, guest in enumerate(self.guests):
            join(self.place, guest, (f"v{number}", "eth0"))
            self.switch("add-port", "br-in", f"v{number}")

    def add_gateway(self, *options: str) -> None:
        self.switch("add-port", "br-out", "out0", "--type", "memory")
        self.switch("add-port", "br-in", "gw0", "--type", "gateway", "address=10.20.0.1/24",
                    "uplink=out0", *options)

    @property
    def status(self) -> dict:
        return self.switch.port("gw0")["gateway"]

    def take_addresses(self) -> None:
        for number, guest in enumerate(self.guests):
            with guest:
                run("ip", "addr", "add", f"10.20.0.{11 + number}/24", "dev", "eth0")
                run("ip", "route", "add", "default", "via", "10.20.0.1")


@pytest.fixture
def site(make_host, start_switch) -> Site:
    return Site(make_host, start_switch)


def test_routed(site) -> None:
    site.add_gateway("mode=routed", "uplink_address=198.51.100.7/24")
    site.take_addresses()
    guest = site.guests[0]
    wait_for(lambda: site.status["outside"] == "198.51.100.7", "it never came up")
    advice = site.status["advice"]
    assert "ip route add 10.20.0.0/24 via 198.51.100.7" in advice
    assert advice in site.switch("show") and advice in site.switch.log.read_text()
    assert not can_ping(guest, OUTSIDE)
    with site.outside:
        run(*advice.split(": ")[1].split())
    ping(guest, OUTSIDE)
    with web(site.outside, "outside"), web(guest, "inside"):
        # Both know each other by their own addresses.
        assert fetch(guest, f"http://{OUTSIDE}/") == "outside 10.20.0.11"
        assert fetch(site.outside, "http://10.20.0.11/") == f"inside {OUTSIDE}"
    transfer(guest, site.outside, OUTSIDE, 4 << 20)


def test_nat_with_its_own_address(site, folder) -> None:
    site.add_gateway(
        "mode=nat", "uplink_address=198.51.100.7/24", f"uplink_gateway={OUTSIDE}",
        "dhcp=10.20.0.100-10.20.0.120", "domain=guests.test",
        "forwards=tcp:8080=10.20.0.100:80,udp:5300=10.20.0.100:5300")
    guest, other = site.guests
    told = lease(guest, folder)
    assert told["ip"] == "10.20.0.100" and told["router"] == told["dns"] == "10.20.0.1"
    assert told["domain"] == "guests.test"
    assert [entry["address"] for entry in site.status["leases"]] == ["10.20.0.100"]
    assert site.status["outside"] == "198.51.100.7" and site.status["advice"] is None
    ping(guest, OUTSIDE)
    with web(site.outside, "outside"), web(guest, "inside"):
        assert fetch(guest, f"http://{OUTSIDE}/") == "outside 198.51.100.7"
        assert fetch(site.outside, "http://198.51.100.7:8080/") == f"inside {OUTSIDE}"
    # Both ways, checksums and all, and more than one frame long.
    transfer(guest, site.outside, OUTSIDE, 4 << 20)
    datagrams(guest, site.outside, OUTSIDE, (1, 1000, 1472, 4000))
    connections = json.loads(site.switch("conntrack", "gw0", "--json"))
    assert any(entry["reply"]["destination"] == "198.51.100.7" and
               entry["original"]["source"] == "10.20.0.100" for entry in connections)
    # Nobody outside may name an address inside, nor ask for one.
    with site.outside:
        run("ip", "route", "add", "10.20.0.0/24", "via", "198.51.100.7")
    listener = listen(guest, socket.SOCK_DGRAM)
    listener.settimeout(1)
    with site.outside:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.sendto(b"from outside", ("10.20.0.100", listener.getsockname()[1]))
    with pytest.raises(TimeoutError):
        listener.recv(100)
    sender.close()
    listener.close()
    with site.outside:
        refused = subprocess.run(
            ["dig", "+time=1", "+tries=1", "@198.51.100.7", "gateway.guests.test"],
            capture_output=True, text=True)
    assert refused.returncode != 0
    with guest:
        assert run("dig", "+short", "@10.20.0.1", "gateway.guests.test").strip() == "10.20.0.1"
    # All is back after a restart, connections apart.
    with site.place:
        site.switch.restart(kill=True)
    wait_for(lambda: can_ping(guest, OUTSIDE), "the way out did not come back")
    site.switch("del-port", "gw0")
    assert not can_ping(guest, OUTSIDE)


def test_nat_with_a_lease(site) -> None:
    with site.outside:
        server = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
             "--pid-file=", "--user=root", "--interface=eth0", "--bind-interfaces",
             "--dhcp-range=198.51.100.50,198.51.100.60,1h", "--port=0", "--leasefile-ro"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        site.add_gateway("mode=nat")
        site.take_addresses()
        assert "no address yet" in (site.status["problem"] or "no address yet")
        wait_for(lambda: site.status["outside"], "it never had a lease")
        assert 50 <= int(site.status["outside"].split(".")[3]) <= 60
        with web(site.outside, "outside"):
            got = fetch(site.guests[0], f"http://{OUTSIDE}/")
        assert got == f"outside {site.status['outside']}"
    finally:
        server.terminate()
        server.wait(10)


def test_mistakes_are_explained(site) -> None:
    for words, reason in (
        (["mode=nat", "address=10.20.0.1/24"], "uplink: is missing"),
        (["address=10.20.0.0/24"], "address: '10.20.0.0/24' is not right"),
        (["address=10.20.0.1/24", "uplink=x"], "uplink: belongs to mode=routed"),
        (["address=10.20.0.1/24", "forwards=tcp:80=10.20.0.5"], "forwards: 'tcp:80=10.20.0.5'"),
        (["address=10.20.0.1/24", "forwards=tcp:80=10.21.0.5:80"], "no guest"),
        (["address=10.20.0.1/24", "dhcp=10.20.0.9-10.20.0.3"], "dhcp:"),
        (["address=10.20.0.1/24", "alow=host"], "did you mean 'allow'?"),
    ):
        result = site.switch.run("add-port", "br-in", "gw0", "--type", "gateway", *words)
        assert result.returncode != 0, words
        assert reason in result.stderr or "not a guest" in result.stderr, result.stderr
    site.switch("add-port", "br-in", "gw0", "--type", "gateway", "address=10.20.0.1/24", "mode=nat",
                "uplink=out0")
    wait_for(lambda: "no port 'out0'" in (site.status["problem"] or ""), "nothing was said")
    assert "no port 'out0'" in site.switch("show")
    # It comes to life when the port does.
    site.switch("add-port", "br-out", "out0", "--type", "memory")
    wait_for(lambda: "no port" not in (site.status["problem"] or ""), "it never tried again")


class Unprivileged(Switch):
    """A switch of a user without any privilege, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "martlet"
        shutil.copy(MARTLET, self.program)
        super().__init__(folder)

    def _start(self):
        from support.process import Process

        process = Process(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
             "--inh-caps=-all", "--bounding-set=-all", self.program, "switch", "run", "--dir",
             self.directory], self.log)
        process.wait_for_line("ready", 20)
        return process

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.program), "switch", *map(str, words), "--dir", str(self.directory)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
            user=NOBODY, group=NOBODY, extra_groups=[],
        )


def test_by_the_hosts_sockets_without_privilege(make_host) -> None:
    """The guest is a shell of `unshare -Urn`; neither it nor the switch has a privilege."""
    place, outside = make_host(), make_host()
    join(place, outside, ("x0", "eth0"), ("198.51.100.2/24", f"{OUTSIDE}/24"))
    with place:
        set_kernel("net.ipv4.ping_group_range", "0 2147483647")
    # pytest's own folders are its user's alone.
    folder = Path(tempfile.mkdtemp(prefix="mrt-sw-"))
    folder.chmod(0o755)
    own = folder / "own"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    shutil.copy(MARTLET, folder / "martlet")
    stack = contextlib.ExitStack()
    with stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with place:
            switch = Unprivileged(own)
        stack.callback(switch.stop)
        switch("add-br", "br0", "host-port=false")
        switch("add-port", "br0", "box", "--type", "attached")
        switch("add-port", "br0", "gw0", "--type", "gateway", "address=10.20.0.1/24",
               "forwards=tcp:8081=10.20.0.5:80")
        with place:
            shell = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c",
                 'mount --bind "$0" /dev/net/tun; exec setpriv --reuid "$1" --regid "$1" '
                 '--clear-groups unshare -Urn sh -c "ip link set lo up; echo ready; exec sleep 600"',
                 tun(folder), str(NOBODY)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        stack.callback(shell.wait, 10)
        stack.callback(shell.terminate)
        assert shell.stdout.readline() == b"ready\n"
        # With a /dev/net/tun that its user may open, as most systems have it.
        attached = subprocess.run(
            ["unshare", "--mount", "sh", "-c",
             'mount --bind "$0" /dev/net/tun; exec setpriv --reuid "$1" --regid "$1" --clear-groups '
             '"$2" switch attach --dir "$3" --port box --netns "$4" --address 10.20.0.5/24 '
             '--gateway 10.20.0.1',
             tun(folder), str(NOBODY), str(switch.program), str(switch.directory), str(shell.pid)],
            capture_output=True, text=True)
        assert attached.returncode == 0, attached.stderr

        def inside(*words: object) -> str:
            return run("nsenter", "-t", shell.pid, "-n", *words)

        with web(outside, "outside"):
            # The switch's own host asks: the guest is behind its sockets.
            assert inside("curl", "-sS", "--max-time", 10, f"http://{OUTSIDE}/") \
                == "outside 198.51.100.2"
        inside("ping", "-n", "-c", 1, "-W", 3, OUTSIDE)
        assert switch.port("gw0")["gateway"]["problem"] is None
        # A port of the host leads inside.
        server = subprocess.Popen(
            ["nsenter", "-t", str(shell.pid), "-n", "python3", "-m",
             "http.server", "80", "--directory", str(own)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(server.wait, 10)
        stack.callback(server.terminate)
        with place:
            wait_for(lambda: "Directory listing" in run(
                "curl", "-sS", "--max-time", 5, "http://127.0.0.1:8081/", check=False),
                "the forwarded port leads nowhere")


def tun(folder: Path) -> Path:
    node = folder / "tun"
    if not node.exists():
        os.mknod(node, 0o666 | stat.S_IFCHR, os.makedev(10, 200))
        node.chmod(0o666)
    return node
