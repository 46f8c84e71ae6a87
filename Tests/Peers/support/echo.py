"""ICMP echo from a raw socket: one process for all sizes, payload compared."""

import os
import select
import socket
import struct
import time


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Pinger:
    """Asks one host for echoes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.identifier = os.getpid() & 0xFFFF
        self.sequence = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Pinger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, payload: bytes) -> int:
        self.sequence = (self.sequence + 1) & 0xFFFF
        head = struct.pack("!BBHHH", 8, 0, 0, self.identifier, self.sequence)
        head = struct.pack(
            "!BBHHH", 8, 0, checksum(head + payload), self.identifier, self.sequence
        )
        self.socket.sendto(head + payload, (self.address, 0))
        return self.sequence

    def receive(self, sequence: int, seconds: float = 2) -> bytes | None:
        """The payload of the answer; `None` when none comes."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                break
            packet = self.socket.recv(65535)
            message = packet[(packet[0] & 15) * 4 :]
            kind, _, _, identifier, number = struct.unpack("!BBHHH", message[:8])
            if (kind, identifier, number) == (0, self.identifier, sequence):
                return message[8:]
        return None

    def ping(self, payload: bytes, seconds: float = 2) -> bytes | None:
        return self.receive(self.send(payload), seconds)
