"""`martlet up`'s gateway with real guests: the kernel of a namespace, its DHCP clients, dig and curl.

Three namespaces: a guest's, the house's, and the outside's. `martlet` runs in the house's as a user
without any privilege; its TAP was prepared for that user, and its other end is in the guest's.
"""

import contextlib
import hashlib
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from support.namespace import Namespace, run, set_kernel
from support.node import MARTLET

OUTSIDE, HOST = "198.51.100.1", "198.51.100.2"
GATEWAY, GUEST_MAC = "10.77.0.254", "02:00:00:00:77:05"
NOBODY = 65534

HOUSE = f"""
name: gateway-test
network: 10.77.0.0/24
nodes:
  - {{ name: web, kind: web, address: 10.77.0.10 }}
gateway:
  address: {GATEWAY}
  domain: home.test
  dhcp: {{ from: 10.77.0.100, to: 10.77.0.120 }}
  leases:
    - {{ mac: "02:00:00:00:77:99", address: 10.77.0.99, name: fixed }}
  name-servers: [{OUTSIDE}]
forwards:
  - {{ node: web, port: 80, local: 8080 }}
  - {{ node: fixed, port: 7000, local: 7000, protocol: udp }}
"""


class House:
    """A running house and the namespaces around it."""

    def __init__(self, folder: Path) -> None:
        self.log_file = folder / "up.log"
        # pytest's own folders are its user's alone.
        self.folder = Path(tempfile.mkdtemp(prefix="mrt-gateway-"))
        self.folder.chmod(0o755)
        self.guest, self.inside, self.outside = Namespace(), Namespace(), Namespace()
        self.stack = contextlib.ExitStack()
        self.processes: list[subprocess.Popen] = []

    def start(self) -> None:
        with self.inside:
            run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0")
            run("ip", "link", "set", "in0", "netns", self.outside.name)
            run("ip", "addr", "add", f"{HOST}/24", "dev", "out0")
            run("ip", "link", "set", "out0", "up")
            run("ip", "route", "add", "default", "via", OUTSIDE)
            run("ip", "tuntap", "add", "dev", "tap0", "mode", "tap", "user", NOBODY)
            run("ip", "link", "set", "tap0", "address", GUEST_MAC)
            set_kernel("net.ipv4.ping_group_range", "0 2147483647")
        with self.outside:
            run("ip", "addr", "add", f"{OUTSIDE}/24", "dev", "in0")
            run("ip", "link", "set", "in0", "up")
            self.processes.append(
                subprocess.Popen(
                    ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                     "--no-hosts", "--pid-file=", "--user=root", "--bind-interfaces",
                     f"--listen-address={OUTSIDE}", f"--host-record=page.test,{OUTSIDE}",
                     "--txt-record=long.test," + ",".join(["x" * 250] * 8)],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )
        house = self.folder / "house.yaml"
        house.write_text(HOUSE)
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700)
        os.chown(runtime, NOBODY, NOBODY)
        # A copy that its user may run, wherever the build is.
        program = self.folder / "martlet"
        shutil.copy(MARTLET, program)
        log = self.log_file.open("wb")
        with self.inside:
            # With a /dev/net/tun that its user may open, as most systems have it.
            node = self.folder / "tun"
            os.mknod(node, 0o666 | stat.S_IFCHR, os.makedev(10, 200))
            node.chmod(0o666)
            self.up = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c",
                 'mount --bind "$0" /dev/net/tun && exec setpriv --reuid "$1" --regid "$1" '
                 '--clear-groups --inh-caps=-all --bounding-set=-all "$2" up "$3" --tap tap0',
                 node, str(NOBODY), program, house],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={"XDG_RUNTIME_DIR": str(runtime), "PATH": os.environ["PATH"]},
            )
            self.wait_for("http://localhost:8080/")
            # Held open by now: it keeps its wire wherever its interface goes.
            run("ip", "link", "set", "tap0", "netns", self.guest.name)

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 20
        while text not in self.log():
            assert self.up.poll() is None and time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def log(self) -> str:
        return self.log_file.read_text()

    def end(self) -> int:
        status = None
        if hasattr(self, "up"):
            self.up.terminate()
            status = self.up.wait(20)
        for process in self.processes:
            process.terminate()
            process.wait(10)
        self.stack.close()
        for namespace in (self.guest, self.inside, self.outside):
            namespace.delete()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def netstat(self) -> dict:
        """What the gateway says of itself."""
        done = subprocess.run(
            [self.folder / "martlet", "netstat", "--node", "gateway", "--json"],
            capture_output=True, check=True, user=NOBODY, group=NOBODY, extra_groups=[],
            env={"XDG_RUNTIME_DIR": str(self.folder / "run")}, timeout=20,
        )
        return json.loads(done.stdout)["gateway"]

    def use_address(self, address: str = "10.77.0.50") -> None:
        """Gives the guest an address without asking."""
        with self.guest:
            run("ip", "addr", "add", f"{address}/24", "dev", "tap0")
            run("ip", "link", "set", "tap0", "up")
            run("ip", "route", "add", "default", "via", GATEWAY)

    def listen(self, handler) -> int:
        """A TCP server outside, each connection in a thread of its own."""
        with self.outside:
            server = socket.create_server((OUTSIDE, 0), backlog=256)
        self.stack.callback(server.close)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=handler, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def connect(self, port: int, address: str = OUTSIDE) -> socket.socket:
        with self.guest:
            return socket.create_connection((address, port), timeout=30)


@pytest.fixture
def house(tmp_path: Path):
    running = House(tmp_path)
    try:
        running.start()
        yield running
        assert running.up.poll() is None, running.log()
    finally:
        status = running.end()
    assert status == 0


def inside_guest(house: House, *words: object, seconds: float = 60) -> subprocess.CompletedProcess:
    with house.guest:
        return subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, timeout=seconds
        )


def echo(connection: socket.socket) -> None:
    with connection:
        while data := connection.recv(65_536):
            connection.sendall(data)


# --- Addresses


UDHCPC = """#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
env >"$MARTLET_RESULT"
ip addr replace "$ip/$mask" dev "$interface"
ip route replace default via "$router"
"""


def test_udhcpc_gets_all_that_a_guest_needs(house: House, tmp_path: Path):
    script = tmp_path / "script"
    script.write_text(UDHCPC)
    script.chmod(0o755)
    result = tmp_path / "result"
    with house.guest:
        run("ip", "link", "set", "tap0", "up")
        done = subprocess.run(
            ["busybox", "udhcpc", "-f", "-q", "-n", "-i", "tap0", "-s", script, "-O", "mtu",
             "-x", "hostname:laptop", "-F", "laptop"],
            env={**os.environ, "MARTLET_RESULT": str(result)}, capture_output=True, text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    got = dict(line.split("=", 1) for line in result.read_text().splitlines() if "=" in line)
    assert got["ip"] == "10.77.0.100" and got["router"] == GATEWAY and got["dns"] == GATEWAY
    assert got["domain"] == "home.test" and got["lease"] == "3600" and got["serverid"] == GATEWAY
    assert dig(house, "laptop.home.test") == ["10.77.0.100"]
    assert dig(house, "-x", "10.77.0.100") == ["laptop.home.test."]
    assert house.netstat()["leases"] == [
        {"address": "10.77.0.100", "linkAddress": GUEST_MAC, "name": "laptop", "state": "bound"}
    ]


def test_dhclient_gets_renews_and_releases(house: House, tmp_path: Path):
    leases, pid, configuration = tmp_path / "leases", tmp_path / "pid", tmp_path / "dhclient.conf"
    configuration.write_text('send host-name "desk";\n')
    words = ["dhclient", "-1", "-v", "-cf", configuration, "-lf", leases, "-pf", pid, "-sf", "/bin/true",
             "tap0"]
    with house.guest:
        run("ip", "link", "set", "tap0", "up")
    first = inside_guest(house, *words)
    assert "bound to 10.77.0.100" in first.stderr, first.stderr
    assert f'option domain-name-servers {GATEWAY};' in leases.read_text()
    # As after a restart of the client: it asks for what it had.
    inside_guest(house, "dhclient", "-x", "-cf", configuration, "-lf", leases, "-pf", pid, "-sf",
                 "/bin/true", "tap0")
    again = inside_guest(house, *words)
    assert "bound to 10.77.0.100" in again.stderr, again.stderr
    assert "DHCPACK" in again.stderr
    with house.guest:
        run("ip", "addr", "add", "10.77.0.100/24", "dev", "tap0")
    gone = inside_guest(house, "dhclient", "-r", "-v", "-cf", configuration, "-lf", leases, "-pf", pid,
                        "-sf", "/bin/true", "tap0")
    assert "DHCPRELEASE" in gone.stderr, gone.stderr


def test_a_fixed_lease_is_its_cards(house: House, tmp_path: Path):
    with house.guest:
        run("ip", "link", "set", "tap0", "address", "02:00:00:00:77:99")
        run("ip", "link", "set", "tap0", "up")
    done = inside_guest(house, "dhclient", "-1", "-v", "-lf", tmp_path / "l", "-pf", tmp_path / "p",
                        "-sf", "/bin/true", "tap0")
    assert "bound to 10.77.0.99" in done.stderr, done.stderr
    inside_guest(house, "dhclient", "-x", "-lf", tmp_path / "l", "-pf", tmp_path / "p", "tap0")


# --- Names


def dig(house: House, *words: object) -> list[str]:
    done = inside_guest(house, "dig", f"@{GATEWAY}", "+short", "+time=5", "+tries=2", *words)
    assert done.returncode == 0, done.stdout
    return done.stdout.split()


def test_names_inside_and_outside(house: House):
    house.use_address()
    assert dig(house, "web.home.test") == ["10.77.0.10"]
    assert dig(house, "gateway.home.test") == [GATEWAY]
    assert dig(house, "-x", "10.77.0.10") == ["web.home.test."]
    assert dig(house, "page.test") == [OUTSIDE]
    assert dig(house, "+tcp", "page.test") == [OUTSIDE]
    assert dig(house, "+tcp", "web.home.test") == ["10.77.0.10"]
    # Too long for a datagram: dig goes over to TCP by itself.
    assert len("".join(dig(house, "+bufsize=512", "long.test", "TXT"))) > 1900
    answer = inside_guest(house, "dig", f"@{GATEWAY}", "nobody.home.test").stdout
    assert "status: NXDOMAIN" in answer and " aa " in answer
    answer = inside_guest(house, "dig", f"@{GATEWAY}", "nobody.test").stdout
    assert "status: NXDOMAIN" in answer or "status: REFUSED" in answer


# --- TCP


def test_twenty_megabytes_arrive_whole_both_ways(house: House):
    house.use_address()
    data = random.Random(7).randbytes(20_000_000)
    digest = hashlib.sha256(data).hexdigest()
    received = []

    def serve(connection: socket.socket) -> None:
        with connection:
            parts = []
            while part := connection.recv(1 << 16):
                parts.append(part)
            received.append(hashlib.sha256(b"".join(parts)).hexdigest())
            connection.sendall(data)

    with house.connect(house.listen(serve)) as stream:
        stream.sendall(data)
        stream.shutdown(socket.SHUT_WR)
        back = hashlib.sha256()
        while part := stream.recv(1 << 16):
            back.update(part)
    assert received == [digest] and back.hexdigest() == digest


def test_curl_fetches_a_page_by_its_name(house: House, tmp_path: Path):
    house.use_address()
    (tmp_path / "www").mkdir()
    page = random.Random(1).randbytes(3_000_000)
    (tmp_path / "www" / "page").write_bytes(page)
    with house.outside:
        house.processes.append(
            subprocess.Popen(
                ["python3", "-m", "http.server", "8000", "--bind", OUTSIDE], cwd=tmp_path / "www",
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )
    resolved = dig(house, "page.test")[0]
    done = inside_guest(
        house, "curl", "-sS", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", "-o",
        tmp_path / "got", "--resolve", f"page.test:8000:{resolved}", "http://page.test:8000/page",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "got").read_bytes() == page


def test_two_hundred_connections_at_once(house: House):
    house.use_address()
    port = house.listen(echo)
    results = []

    def fetch(number: int) -> None:
        data = random.Random(number).randbytes(50_000)
        with house.connect(port) as stream:
            stream.sendall(data)
            stream.shutdown(socket.SHUT_WR)
            parts = []
            while part := stream.recv(1 << 16):
                parts.append(part)
        results.append(b"".join(parts) == data)

    threads = [threading.Thread(target=fetch, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [True] * 200


def test_ends_and_resets_cross(house: House):
    house.use_address()
    seen = []
    done = threading.Event()

    def serve(connection: socket.socket) -> None:
        try:
            connection.settimeout(20)
            while part := connection.recv(100):
                seen.append(part)
            seen.append(b"end")
        except ConnectionResetError:
            seen.append(b"reset")
        connection.close()
        done.set()

    stream = house.connect(house.listen(serve))
    stream.sendall(b"a")
    while not seen:
        time.sleep(0.01)
    # A close with SO_LINGER of no time is a reset.
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    stream.close()
    assert done.wait(20) and seen == [b"a", b"reset"]

    def reset(connection: socket.socket) -> None:
        connection.sendall(b"b")
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    with house.connect(house.listen(reset)) as stream:
        assert stream.recv(1) == b"b"
        stream.sendall(b"c")
        with pytest.raises(ConnectionResetError):
            while stream.recv(1):
                pass


def test_a_slow_reader_is_waited_for(house: House):
    house.use_address()
    data = random.Random(3).randbytes(8_000_000)

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.sendall(data)

    with house.connect(house.listen(serve)) as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        digest = hashlib.sha256()
        count = 0
        while part := stream.recv(32_768):
            digest.update(part)
            count += 1
            if count % 50 == 0:
                time.sleep(0.005)
    assert digest.digest() == hashlib.sha256(data).digest()


def test_refusals_are_told_at_once(house: House):
    house.use_address()
    with house.outside:
        closed = socket.create_server((OUTSIDE, 0))
        port = closed.getsockname()[1]
        closed.close()
    began = time.monotonic()
    with pytest.raises(ConnectionRefusedError):
        house.connect(port)
    # The host's own addresses, a cloud's metadata, a neighbour by the gateway, loopback's port.
    for address in (HOST, "169.254.169.254"):
        with pytest.raises(OSError) as error:
            house.connect(8080, address)
        assert not isinstance(error.value, TimeoutError), address
    with pytest.raises(ConnectionRefusedError):
        house.connect(8080, GATEWAY)
    assert time.monotonic() - began < 10
    refused = house.netstat()["refused"]
    assert refused == {"gatewayItself": 1, "hostAddress": 1, "linkLocal": 1, "refused": 1}


# --- UDP, pings, forwards


def test_datagrams_and_pings(house: House):
    house.use_address()
    with house.outside:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((OUTSIDE, 0))
    with house.guest:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with server, client:
        client.settimeout(10)
        server.settimeout(10)
        client.connect(server.getsockname())
        for length in (1, 1400, 8000):
            data = os.urandom(length)
            client.send(data)
            got, peer = server.recvfrom(65_536)
            assert got == data
            server.sendto(got, peer)
            assert client.recv(65_536) == data
        port = server.getsockname()[1]
        server.close()
        with pytest.raises(ConnectionRefusedError):
            for _ in range(50):
                client.send(b"?")
                time.sleep(0.02)
    done = inside_guest(house, "ping", "-c", "3", "-i", "0.2", "-W", "5", OUTSIDE)
    assert "3 received" in done.stdout, done.stdout
    done = inside_guest(house, "ping", "-c", "1", "-W", "5", "-s", "4000", GATEWAY)
    assert "1 received" in done.stdout, done.stdout
    assert port


def test_forwards_lead_inside(house: House):
    with house.inside:
        page = run("curl", "-sS", "http://127.0.0.1:8080/")
    assert page.startswith("<!DOCTYPE html>")
    house.use_address("10.77.0.99")
    with house.guest:
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("10.77.0.99", 7000))
    with house.inside:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with server, client:
        server.settimeout(10)
        client.settimeout(10)
        client.sendto(b"question", ("127.0.0.1", 7000))
        data, peer = server.recvfrom(100)
        assert peer[0] == GATEWAY
        server.sendto(data + b"!", peer)
        assert client.recvfrom(100) == (b"question!", ("127.0.0.1", 7000))
        # Nothing of this is to be had from outside.
        with house.outside:
            with pytest.raises(OSError):
                socket.create_connection((HOST, 8080), timeout=2)


def test_nothing_answers_outside(house: House):
    """DHCP, names and forwards are for the inside alone."""
    with house.inside:
        listening = run("ss", "-Hlntu")
    bound = {line.split()[4] for line in listening.splitlines()}
    assert all(place.startswith("127.0.0.1:") for place in bound if place), bound
    status = json.dumps(sorted(bound))
    assert ":53" not in status and ":67" not in status
