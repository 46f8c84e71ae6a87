"""A controller made by hand: what it says is bytes, so that a test can say anything."""

import socket
import struct
import time

HELLO, ERROR, ECHO, ECHO_REPLY, FEATURES, FEATURES_REPLY = 0, 1, 2, 3, 5, 6
PACKET_IN, FLOW_REMOVED, PORT_STATUS, PACKET_OUT, FLOW_MOD = 10, 11, 12, 13, 14
ROLE, ROLE_REPLY, GET_ASYNC, GET_ASYNC_REPLY, SET_ASYNC = 24, 25, 26, 27, 28
EQUAL, MASTER, SLAVE = 1, 2, 3


def message(version: int, kind: int, body: bytes = b"", xid: int = 1) -> bytes:
    return struct.pack("!BBHI", version, kind, 8 + len(body), xid) + body


class Peer:
    """A connection to a switch that has greeted; echo requests are answered by the way."""

    def __init__(self, connection: socket.socket, version: int = 4) -> None:
        self.socket = connection
        self.socket.settimeout(10)
        self.version = version
        self._held = b""
        self.send(HELLO)
        self.expect(HELLO)

    @classmethod
    def connect(cls, path: object, version: int = 4) -> "Peer":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(str(path))
        return cls(connection, version)

    def send(self, kind: int, body: bytes = b"", xid: int = 1) -> None:
        self.socket.sendall(message(self.version, kind, body, xid))

    def next(self, seconds: float = 10) -> tuple[int, bytes, int]:
        """The next message: what it is, its body, its number."""
        self.socket.settimeout(seconds)
        while len(self._held) < 8 or len(self._held) < self._length():
            bytes_ = self.socket.recv(1 << 16)
            if not bytes_:
                raise ConnectionError("the switch ended the connection")
            self._held += bytes_
        length = self._length()
        whole, self._held = self._held[:length], self._held[length:]
        _, kind, _, xid = struct.unpack("!BBHI", whole[:8])
        return kind, whole[8:], xid

    def _length(self) -> int:
        return struct.unpack("!H", self._held[2:4])[0]

    def expect(self, kind: int, seconds: float = 10) -> bytes:
        """The body of the next message of a kind; others before it are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            got, body, xid = self.next(max(0.01, deadline - time.monotonic()))
            if got == kind:
                return body
            if got == ECHO:
                self.send(ECHO_REPLY, body, xid)
            assert kind == ERROR or got != ERROR, f"an error: {body[:4].hex()}"

    def barrier(self) -> list[tuple[int, bytes]]:
        """Lets all be done that was said; what came until then."""
        request, reply = (18, 19) if self.version == 1 else (20, 21)
        self.send(request, xid=77)
        came = []
        while True:
            kind, body, xid = self.next()
            if kind == reply and xid == 77:
                return came
            if kind == ECHO:
                self.send(ECHO_REPLY, body, xid)
            else:
                came.append((kind, body))

    def close(self) -> None:
        self.socket.close()


class Controller:
    """Waits for a switch at a port of 127.0.0.1, in the caller's namespace."""

    def __init__(self, port: int, version: int = 4) -> None:
        self.version = version
        self.listener = socket.create_server(("127.0.0.1", port))
        self.listener.settimeout(20)
        self.peer: Peer | None = None

    def accept(self) -> Peer:
        connection, _ = self.listener.accept()
        self.peer = Peer(connection, self.version)
        return self.peer

    def close(self) -> None:
        self.listener.close()
        if self.peer:
            self.peer.close()


def role(peer: Peer, number: int, generation: int) -> tuple[int, bytes]:
    """Asks for a role; the answer's kind and body."""
    peer.send(ROLE, struct.pack("!I4xQ", number, generation))
    while True:
        kind, body, xid = peer.next()
        if kind in (ROLE_REPLY, ERROR):
            return kind, body
        if kind == ECHO:
            peer.send(ECHO_REPLY, body, xid)


def flow_mod(priority: int, actions: bytes = b"", command: int = 0, table: int = 0) -> bytes:
    """The body of a flow-mod of 1.3 for every frame."""
    head = struct.pack(
        "!QQBBHHHIIIHxx", 0, 0, table, command, 0, 0, priority, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF,
        0)
    match = struct.pack("!HHxxxx", 1, 4)
    instructions = struct.pack("!HHxxxx", 4, 8 + len(actions)) + actions if actions else b""
    return head + match + instructions


def output(port: int) -> bytes:
    return struct.pack("!HHIH6x", 0, 16, port, 0xFFFF)
