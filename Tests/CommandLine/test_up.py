"""`martlet up`: a page on localhost, carried into the virtual network and back."""

import hashlib
import http.client
import json
import os
import pty
import re
import resource
import select
import signal
import socket
import threading
import time

import pytest

from conftest import MARTLET, free_port, numbered


def get(port, path, connection=None):
    connection = connection or http.client.HTTPConnection("localhost", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read()


def read_all(stream):
    parts = []
    while part := stream.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_page_answers_when_its_address_is_told(house):
    running = house("--port", free_port())
    port = running.wait_url()
    status, page = get(port, "/")
    assert status == 200
    text = page.decode()
    assert text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n")
    # All that the page needs comes from the node itself.
    assert not re.search(r"""(src|href)=["'](?!/)""", text)
    for path in re.findall(r"""(?:src|href)=["'](/[^"']*)""", text):
        assert get(port, path)[0] == 200
    status, body = get(port, "/counters.json")
    first = json.loads(body)
    assert first["address"] == "10.77.0.10" and first["httpRequests"] > 3
    assert json.loads(get(port, "/counters.json")[1])["tcpInSegs"] > first["tcpInSegs"]


def test_next_port_is_taken_when_8080_is_not_free(house):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8080))
            other.listen()
        except OSError:
            pass  # Somebody has it: as good.
        assert house().wait_url() > 8080


def test_port_that_is_taken_is_named(house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        running = house("--port", other.getsockname()[1])
        assert running.process.wait(timeout=20) == 69
        assert f"127.0.0.1:{other.getsockname()[1]} is in use" in running.process.stderr.read()


def test_two_houses_at_once(house, martlet):
    first, second = house("--port", free_port()), house("--port", free_port())
    ports = {first.wait_url(), second.wait_url()}
    assert len(ports) == 2
    assert martlet("netstat", "--node", "web-2").returncode == 0
    for port in ports:
        assert get(port, "/")[0] == 200


def test_many_requests_on_one_connection(house):
    port = house("--port", free_port()).wait_url()
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    sockets = set()
    for count in [0, 1, 63, 64, 65, 16_383, 16_384, 100_000] * 5:
        assert get(port, f"/bytes/{count}", connection) == (200, numbered(count))
        sockets.add(connection.sock)
    assert len(sockets) == 1


def test_many_connections_at_once(house):
    port = house("--port", free_port()).wait_url()
    expected = numbered(200_000)
    results = []

    def fetch():
        results.append(get(port, "/bytes/200000") == (200, expected))

    threads = [threading.Thread(target=fetch) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [True] * 100


def test_time_without_descriptors_passes(house, tmp_path):
    # Without devices: their hub would still be taking descriptors while they are counted.
    path = tmp_path / "house.yaml"
    path.write_text(
        "nodes: [{ name: web, kind: web, address: 10.77.0.10 }]\n"
        "forwards: [{ node: web, port: 80 }]\n")
    running = house(path, "--port", free_port())
    port = running.wait_url()
    in_use = len(os.listdir(f"/proc/{running.process.pid}/fd"))
    resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (in_use + 5, in_use + 5))
    held = [socket.create_connection(("localhost", port)) for _ in range(30)]
    time.sleep(0.5)
    for stream in held:
        stream.close()
    assert get(port, "/")[0] == 200


def test_end_of_one_direction_leaves_the_other_open(house):
    port = house("--port", free_port()).wait_url()
    with socket.create_connection(("localhost", port), timeout=10) as stream:
        stream.sendall(b"GET /bytes/1000000 HTTP/1.0\r\n\r\n")
        stream.shutdown(socket.SHUT_WR)
        head, _, body = read_all(stream).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert body == numbered(1_000_000)


def test_reader_that_pauses_loses_nothing(house):
    port = house("--port", free_port()).wait_url()
    with socket.create_connection(("localhost", port), timeout=10) as stream:
        stream.sendall(b"GET /bytes/20000000 HTTP/1.0\r\n\r\n")
        time.sleep(2)
        _, _, body = read_all(stream).partition(b"\r\n\r\n")
        assert hashlib.sha256(body).digest() == hashlib.sha256(numbered(20_000_000)).digest()


def test_what_is_not_http_is_refused(house):
    port = house("--port", free_port()).wait_url()
    for noise in [b"\x16\x03\x01\x02\x00\x01\x00", b"GET /\r\n\r\n", b"\r\n" * 3, b"A" * 5000]:
        with socket.create_connection(("localhost", port), timeout=20) as stream:
            stream.sendall(noise + b"\r\n\r\n")
            answer = read_all(stream)
            assert re.match(rb"HTTP/1.1 (400|414|431|501) ", answer), (noise, answer)
    assert get(port, "/")[0] == 200


@pytest.fixture
def echo_house(house, tmp_path):
    """A house with ports that lead to an echo, and to nothing; returns both."""
    echo, closed = free_port(), free_port()
    path = tmp_path / "house.yaml"
    path.write_text(
        "name: test\nnetwork: 10.5.0.0/24\n"
        "nodes:\n  - { name: bell, kind: services, address: 10.5.0.20 }\n"
        f"forwards:\n  - {{ node: bell, port: 7, local: {echo} }}\n"
        f"  - {{ node: bell, port: 81, local: {closed} }}\n"
    )
    running = house(path)
    running.wait_for(f"localhost:{closed} leads to")
    return echo, closed


def test_much_comes_back_from_the_echo(echo_house):
    data = os.urandom(10_000_000)
    with socket.create_connection(("localhost", echo_house[0]), timeout=30) as stream:

        def send():
            stream.sendall(data)
            stream.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        answer = read_all(stream)
        sender.join()
    assert hashlib.sha256(answer).digest() == hashlib.sha256(data).digest()


def test_refusal_is_passed_on(echo_house):
    # The reset may come before connect has returned.
    with pytest.raises(ConnectionResetError):
        with socket.create_connection(("localhost", echo_house[1]), timeout=10) as stream:
            stream.recv(1)


def test_reset_is_passed_on(echo_house, martlet):
    stream = socket.create_connection(("localhost", echo_house[0]), timeout=10)
    stream.sendall(b"x")
    assert stream.recv(1) == b"x"
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    stream.close()
    for _ in range(100):
        state = json.loads(martlet("netstat", "--node", "bell", "--json").stdout)
        if not state["connections"]:
            break
        time.sleep(0.05)
    assert state["connections"] == []
    assert state["counters"]["tcpEstabResets"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_it_cleanly(house, run_folder, number):
    running = house("--port", free_port())
    port = running.wait_url()
    # One connection idle, one in the middle of an answer.
    idle = socket.create_connection(("localhost", port))
    busy = socket.create_connection(("localhost", port))
    busy.sendall(b"GET /bytes/100000000 HTTP/1.0\r\n\r\n")
    time.sleep(0.2)
    assert running.end(number) == 0
    assert list(run_folder.iterdir()) == []
    for stream in [idle, busy]:
        stream.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("localhost", port))


def test_terminal_is_drawn_in_place():
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm"
        os.execv(MARTLET, [MARTLET, "up", "--port", str(free_port())])
    output = b""
    deadline = time.monotonic() + 20
    # Three drawings, then Ctrl-C.
    while output.count(b"frames/s") < 3 and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            output += os.read(terminal, 65_536)
    os.write(terminal, b"\x03")
    try:
        while more := os.read(terminal, 65_536):
            output += more
    except OSError:
        pass  # The terminal's other end is gone.
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    text = output.decode()
    assert re.search(r"http://localhost:\d+/\r\n", text)
    views = re.split(r"\x1b\[(\d+)A", text)
    assert len(views) >= 5
    # Each goes up by as many lines as it has: head, web, echo, and the four devices.
    assert set(views[1::2]) == {"7"}
    assert views[2].count("\n") == 7
