"""Traffic between two namespaces, and whether it came whole."""

import hashlib
import json
import random
import socket
import subprocess
import threading

from support.namespace import Namespace, run

CHUNK = 256 * 1024


def ping(source: Namespace, address: str, count: int = 3, *options: object) -> str:
    """Pings, which must succeed."""
    with source:
        return run("ping", "-n", "-c", count, "-i", 0.05, "-W", 2, *options, address)


def can_ping(source: Namespace, address: str, *options: object) -> bool:
    with source:
        return subprocess.run(
            ["ping", "-n", "-c", "1", "-W", "1", *map(str, options), address],
            capture_output=True, timeout=20,
        ).returncode == 0


def listen(place: Namespace, kind: socket.SocketKind, port: int = 0) -> socket.socket:
    with place:
        listener = socket.socket(socket.AF_INET, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", port))
    listener.settimeout(30)
    return listener


def transfer(
    source: Namespace, target: Namespace, address: str, count: int, seconds: float = 60
) -> None:
    """Sends `count` bytes by TCP; their SHA-256 must be the same at the other end."""
    listener = listen(target, socket.SOCK_STREAM)
    listener.listen(1)
    received = hashlib.sha256()

    def take() -> None:
        connection, _ = listener.accept()
        connection.settimeout(seconds)
        with connection:
            while part := connection.recv(CHUNK):
                received.update(part)
            connection.sendall(received.digest())

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    with source:
        connection = socket.create_connection((address, listener.getsockname()[1]), 10)
    with connection:
        connection.settimeout(seconds)
        sent = hashlib.sha256()
        generator = random.Random(count)
        left = count
        while left > 0:
            piece = generator.randbytes(min(CHUNK, left))
            sent.update(piece)
            connection.sendall(piece)
            left -= len(piece)
        connection.shutdown(socket.SHUT_WR)
        digest = b""
        while part := connection.recv(32):
            digest += part
    taker.join(seconds)
    listener.close()
    assert digest == sent.digest(), f"{count} bytes came damaged"


def datagrams(
    source: Namespace, target: Namespace, address: str, sizes: tuple[int, ...]
) -> None:
    """Sends a datagram of each size, which must come whole and be echoed whole."""
    receiver = listen(target, socket.SOCK_DGRAM)
    with source:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.settimeout(3)
    for size in sizes:
        data = random.Random(size).randbytes(size)
        sender.sendto(data, (address, receiver.getsockname()[1]))
        got, peer = receiver.recvfrom(65536)
        assert got == data, f"a datagram of {size} bytes came damaged"
        receiver.sendto(got, peer)
        assert sender.recv(65536) == data, f"a datagram of {size} bytes came back damaged"
    sender.close()
    receiver.close()


def iperf(source: Namespace, target: Namespace, address: str, seconds: int = 1) -> float:
    """What iperf3 gets through by TCP, in bits a second."""
    with target:
        server = subprocess.Popen(
            ["iperf3", "-s", "-1", "--forceflush"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout:
            if "listening" in line:
                break
        with source:
            text = run("iperf3", "-J", "-t", seconds, "-c", address)
        return json.loads(text)["end"]["sum_received"]["bits_per_second"]
    finally:
        server.terminate()
        server.wait(10)
