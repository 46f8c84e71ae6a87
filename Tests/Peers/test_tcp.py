"""TCP between the node and the kernel: data, ends, windows, refusals."""

import asyncio
import random
import resource
import socket
import struct
import threading
import time

import pytest

from conftest import KERNEL, NODE
from support.namespace import run, set_kernel
from support.node import CHARGEN, CLOSED, DAYTIME, DISCARD, ECHO
from support.streams import chargen, chunks, connect, echo_digests, pattern, read_all, read_exactly


def is_answering(node) -> bool:
    with connect(node.endpoint(ECHO)) as connection:
        connection.sendall(b"alive")
        return read_exactly(connection, 5) == b"alive"


def kernel_info(connection: socket.socket) -> str:
    """What `ss` knows of a connection of the kernel's."""
    port = connection.getsockname()[1]
    return run("ss", "-tnoiH", f"sport = :{port}")


def abort(connection: socket.socket) -> None:
    """Closes by a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# --- Connecting ---------------------------------------------------------------------------------


def test_options_are_negotiated(node):
    set_kernel("net.ipv4.tcp_ecn", 1)
    with connect(node.endpoint(ECHO)) as connection:
        connection.sendall(pattern(1, 50_000))
        read_exactly(connection, 50_000)
        info = kernel_info(connection)
    for option in ("ts", "sack", "ecn", "wscale:", "mss:1448"):
        assert option in info, info


@pytest.mark.parametrize(
    ("option", "word"),
    [("tcp_timestamps", " ts "), ("tcp_sack", " sack "), ("tcp_window_scaling", "wscale:")],
)
def test_kernel_without_an_option_is_served(node, option, word):
    set_kernel(f"net.ipv4.{option}", 0)
    with connect(node.endpoint(ECHO)) as connection:
        sent, received = echo_digests(connection, 2, 2_000_000)
        assert sent == received
        assert word not in kernel_info(connection)


def test_closed_port_is_refused(node):
    with pytest.raises(ConnectionRefusedError):
        connect(node.endpoint(CLOSED))


def test_simultaneous_connections_to_a_closed_port_are_all_refused(node):
    for _ in range(200):
        with pytest.raises(ConnectionRefusedError):
            connect(node.endpoint(CLOSED), seconds=3)


def test_fast_open_request_is_served_without(node):
    """A SYN with data or an option that the node does not know begins an ordinary connection."""
    set_kernel("net.ipv4.tcp_fastopen", 0x5)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.sendto(b"early", 0x20000000, node.endpoint(ECHO))  # MSG_FASTOPEN
        assert read_exactly(connection, 5) == b"early"


# --- Data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 1447, 1448, 1449, 2896, 65_535, 65_536, 1_000_003])
def test_echo_returns_every_byte(node, size):
    payload = pattern(size, size)
    with connect(node.endpoint(ECHO)) as connection:
        threading.Thread(target=connection.sendall, args=(payload,)).start()
        assert read_exactly(connection, size) == payload


def test_byte_by_byte_is_answered_byte_by_byte(node):
    with connect(node.endpoint(ECHO)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for value in pattern(3, 1000):
            connection.sendall(bytes([value]))
            assert connection.recv(10) == bytes([value])


def test_daytime_ends_in_order(node):
    with connect(node.endpoint(DAYTIME)) as connection:
        line = read_all(connection)
    assert line.endswith(b"\r\n") and line.count(b"\n") == 1


def test_chargen_keeps_its_pattern(node):
    with connect(node.endpoint(CHARGEN)) as connection:
        assert read_exactly(connection, 3_000_000) == chargen(3_000_000)
    assert is_answering(node)


def test_small_segments_of_the_kernel_are_joined(node):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 100)
        connection.connect(node.endpoint(ECHO))
        sent, received = echo_digests(connection, 4, 300_000)
    assert sent == received


def test_thousand_connections_at_once(node):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))

    async def talk(number: int, all_open: asyncio.Barrier) -> bool:
        reader, writer = await asyncio.open_connection(*node.endpoint(ECHO))
        await all_open.wait()
        payload = pattern(number, 10_000 + number)
        writer.write(payload)
        writer.write_eof()
        answer = await reader.read(-1)
        writer.close()
        return answer == payload

    async def all_of_them() -> list[bool]:
        all_open = asyncio.Barrier(1000)
        return await asyncio.gather(*(talk(number, all_open) for number in range(1000)))

    results = asyncio.run(asyncio.wait_for(all_of_them(), 60))
    assert results.count(True) == 1000


# --- Ends ---------------------------------------------------------------------------------------


def test_half_closed_connection_still_returns_all(node):
    with connect(node.endpoint(ECHO)) as connection:
        # Little enough to be on its way whole when our side ends.
        payload = pattern(5, 60_000)
        connection.sendall(payload)
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == payload


def test_peer_that_closes_at_once_is_forgotten(node):
    for _ in range(50):
        connect(node.endpoint(ECHO)).close()
    assert is_answering(node)


@pytest.mark.parametrize("port", [ECHO, DISCARD, CHARGEN])
def test_reset_ends_one_connection_alone(node, port):
    with connect(node.endpoint(ECHO)) as other:
        other.sendall(b"before")
        assert read_exactly(other, 6) == b"before"
        for _ in range(50):
            connection = connect(node.endpoint(port))
            connection.sendall(b"x" * 5000)
            abort(connection)
        other.sendall(b"after")
        assert read_exactly(other, 5) == b"after"
    assert is_answering(node)


def test_data_after_the_reader_has_gone_is_reset(node):
    """The kernel closes with bytes unread: it resets, and the node's connection must end."""
    connection = connect(node.endpoint(CHARGEN))
    read_exactly(connection, 1000)
    port = connection.getsockname()[1]
    connection.close()
    deadline = time.monotonic() + 5
    while (left := run("ss", "-tnH", f"sport = :{port}")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == ""
    assert is_answering(node)


def test_connections_in_quick_succession_reuse_ports(node):
    """The kernel's range is made so small that its ports come round within TIME-WAIT."""
    set_kernel("net.ipv4.ip_local_port_range", "40000 40063")
    set_kernel("net.ipv4.tcp_tw_reuse", 1)
    for turn in range(300):
        with connect(node.endpoint(DAYTIME), seconds=5) as connection:
            assert read_all(connection).endswith(b"\r\n"), turn


def test_listener_survives_a_flood_of_half_open_connections(node):
    """SYNs whose senders never answer: 3,000 of them from addresses that are not there."""
    generator = random.Random(6)
    run("ip", "route", "add", "blackhole", "10.99.0.0/16")
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for number in range(3000):
            source = socket.inet_aton(f"10.77.0.{generator.randint(100, 250)}")
            raw.sendto(syn(source, 1024 + number % 60_000, generator), (NODE, 0))
    start = time.monotonic()
    assert is_answering(node)
    assert time.monotonic() - start < 10


def syn(source: bytes, port: int, generator: random.Random) -> bytes:
    from support.echo import checksum

    target = socket.inet_aton(NODE)
    segment = struct.pack("!HHIIBBHHH", port, ECHO, generator.getrandbits(32), 0, 0x50, 2, 65_535, 0, 0)
    pseudo = source + target + struct.pack("!BBH", 0, 6, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0) + source + target
    return head + segment


# --- Windows ------------------------------------------------------------------------------------


def test_reader_that_stops_and_resumes_loses_nothing(node):
    """The kernel's window closes; the node probes it and goes on when it opens."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.settimeout(20)
        connection.connect(node.endpoint(CHARGEN))
        time.sleep(2.5)
        assert "rcv_space" in kernel_info(connection)
        assert read_exactly(connection, 2_000_000) == chargen(2_000_000)


def test_writer_is_held_back_by_a_node_that_cannot_send(node):
    """Who does not read its echo finds the node's window closed, and loses nothing by that."""
    with connect(node.endpoint(ECHO)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        connection.setblocking(False)
        sent = bytearray()
        pieces = chunks(7, 64 << 20)
        piece = next(pieces)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 1:
            try:
                taken = connection.send(piece)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            sent += piece[:taken]
            piece = piece[taken:] or next(pieces)
            quiet_since = time.monotonic()
        assert len(sent) < 32 << 20, "nothing held the writer back"
        connection.settimeout(20)
        received = read_exactly(connection, len(sent))
        assert received == bytes(sent)


# --- Trouble on the way -------------------------------------------------------------------------


def test_smaller_mtu_on_the_way(node):
    with connect(node.endpoint(ECHO)) as connection:
        connection.sendall(b"wide")
        assert read_exactly(connection, 4) == b"wide"
        run("ip", "link", "set", "tap0", "mtu", 600)
        sent, received = echo_digests(connection, 8, 500_000)
    assert sent == received


def test_peer_that_vanishes_and_returns(node):
    """Nothing answers for some seconds, not even ARP; then the transfer goes on where it was."""
    with connect(node.endpoint(CHARGEN), seconds=40) as connection:
        first = read_exactly(connection, 100_000)
        run("ip", "link", "set", "tap0", "down")
        time.sleep(3)
        run("ip", "link", "set", "tap0", "up")
        assert first + read_exactly(connection, 400_000) == chargen(500_000)


def test_peer_that_never_returns_takes_no_service_from_others(node):
    """Fifty receivers vanish in the middle of a stream; a neighbour is served all the while."""
    vanished = [connect(node.endpoint(CHARGEN)) for _ in range(50)]
    for connection in vanished:
        read_exactly(connection, 1000)
    # What comes for these ports is lost from now on, answers and resets included.
    run("ip", "rule", "add", "to", f"{NODE}/32", "sport", vanished[0].getsockname()[1], "blackhole", check=False)
    run("ip", "route", "add", "local", "10.77.0.8/32", "dev", "lo")
    for connection in vanished:
        connection.settimeout(0.01)
    for turn in range(20):
        assert is_answering(node)
    for connection in vanished:
        abort(connection)
    assert is_answering(node)


def test_connections_through_the_node_as_client(node):
    """`martlet nc` opens a connection by the node's stack to a listener of the kernel."""
    payload = pattern(9, 300_000)
    with socket.create_server((KERNEL, 9000)) as server:
        server.settimeout(10)
        answers = []

        def serve() -> None:
            connection, peer = server.accept()
            with connection:
                connection.settimeout(20)
                data = read_all(connection)
                answers.append((peer[0], data))
                connection.sendall(data[::-1])

        thread = threading.Thread(target=serve)
        thread.start()
        result = node.command("nc", KERNEL, 9000, data=payload)
        thread.join()
    assert result.returncode == 0, result.stderr
    assert answers == [(NODE, payload)]
    assert result.stdout == payload[::-1]


def test_refusal_by_the_kernel_is_told(node):
    result = node.command("nc", KERNEL, 9001, data=b"")
    assert result.returncode != 0
    assert b"refused" in result.stderr
