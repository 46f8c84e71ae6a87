"""Bytes to send and to compare, and sockets that do not wait for ever."""

import hashlib
import random
import socket
import threading
from collections.abc import Iterator

CHUNK = 256 * 1024


def pattern(seed: int, count: int) -> bytes:
    """Bytes that depend on seed and position."""
    return random.Random(seed).randbytes(count)


def chunks(seed: int, count: int) -> Iterator[bytes]:
    """The same for counts that are better not held at once: no two chunks are alike."""
    generator = random.Random(seed)
    while count > 0:
        piece = generator.randbytes(min(CHUNK, count))
        count -= len(piece)
        yield piece


def connect(endpoint: tuple[str, int], seconds: float = 20) -> socket.socket:
    connection = socket.create_connection(endpoint, timeout=seconds)
    connection.settimeout(seconds)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """Everything until the peer ends its side."""
    parts = []
    while part := connection.recv(CHUNK):
        parts.append(part)
    return b"".join(parts)


def read_exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = connection.recv(min(CHUNK, count - len(data)))
        if not part:
            raise EOFError(f"{len(data)} of {count} bytes")
        data += part
    return bytes(data)


def echo_digests(connection: socket.socket, seed: int, count: int) -> tuple[str, str]:
    """Sends `count` bytes, then ends its side, and reads what comes back meanwhile; returns the
    SHA-256 of both."""
    sent, received = hashlib.sha256(), hashlib.sha256()

    def send() -> None:
        for piece in chunks(seed, count):
            sent.update(piece)
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        while part := connection.recv(CHUNK):
            received.update(part)
    finally:
        sender.join()
    return sent.hexdigest(), received.hexdigest()


def chargen(count: int) -> bytes:
    """What RFC 864 suggests: lines of 72 printable characters, each begun one later."""
    line = bytes(range(32, 127))
    lines = [
        (line[start:] + line[:start])[:72] + b"\r\n"
        for start in range(95)
    ]
    block = b"".join(lines)
    return (block * (count // len(block) + 1))[:count]


def site_bytes(count: int) -> Iterator[bytes]:
    """What the node's site answers to `/bytes/COUNT`: lines that begin with what is left."""
    while count > 0:
        piece = bytearray()
        while count > 0 and len(piece) < CHUNK:
            piece += (b"%015d" % count + b"." * 48 + b"\n")[:count]
            count -= min(64, count)
        yield bytes(piece)


def site_digest(count: int) -> str:
    digest = hashlib.sha256()
    for piece in site_bytes(count):
        digest.update(piece)
    return digest.hexdigest()
