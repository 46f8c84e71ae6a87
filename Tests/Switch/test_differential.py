"""Random flow tables and frames, here and in Open vSwitch: the way through the tables against
`ofproto/trace`, then the frames that really leave, byte by byte.

Open vSwitch runs with its dummy datapath: no device, frames go in by `netdev-dummy/receive` and are written
to capture files. Ours are ports of type `unix` with datagrams.
"""

import json
import os
import random
import re
import select
import socket
import struct
from pathlib import Path

import pytest

from conftest import IS_LONG
from harness.ovs import OpenVSwitch

pytestmark = pytest.mark.ovs

SEED = int(os.environ.get("MARTLET_SEED", "2026"))
TABLES = 80 if IS_LONG else 10
FRAMES = 60 if IS_LONG else 40
TRACES = 30 if IS_LONG else 12
PORTS = (1, 2, 3, 4)
MACS = ["02:00:00:00:00:0" + digit for digit in "1234"]
ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "10.9.0.1"]
NUMBERS = [7, 80, 81, 4000]


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(rng: random.Random, number: int) -> bytes:
    """A frame that carries its number at the end."""
    mark = b"mrt" + struct.pack("!I", number)
    mac = [bytes.fromhex(address.replace(":", "")) for address in MACS]
    head = rng.choice(mac) + rng.choice(mac)
    if rng.random() < 0.3:
        head += struct.pack("!HH", 0x8100, rng.choice([5, 6, 0x2005, 100]))
    kind = rng.choice(["tcp", "tcp", "udp", "udp", "icmp", "arp", "other"])
    source, destination = (socket.inet_aton(rng.choice(ADDRESSES)) for _ in range(2))
    if kind == "arp":
        body = struct.pack("!HHBBH", 1, 0x800, 6, 4, rng.choice([1, 2]))
        body += rng.choice(mac) + source + rng.choice(mac) + destination
        return (head + b"\x08\x06" + body).ljust(60, b"\0") + mark
    if kind == "other":
        return (head + b"\x88\xb6").ljust(60, b"\0") + mark
    ports = struct.pack("!HH", rng.choice(NUMBERS), rng.choice(NUMBERS))
    payload = rng.randbytes(rng.randrange(20, 60)) + mark
    if kind == "tcp":
        protocol, segment = 6, ports + struct.pack("!IIBBHHH", 1, 2, 0x50, 0x18, 500, 0, 0) + payload
    elif kind == "udp":
        protocol, segment = 17, ports + struct.pack("!HH", 8 + len(payload), 0) + payload
    else:
        protocol, segment = 1, struct.pack("!BBHI", rng.choice([0, 8]), 0, 0, 7) + payload
    pseudo = b"" if kind == "icmp" else (
        source + destination + struct.pack("!HH", protocol, len(segment)))
    place = {"tcp": 16, "udp": 6, "icmp": 2}[kind]
    total = checksum(pseudo + segment) or 0xFFFF
    segment = segment[:place] + struct.pack("!H", total) + segment[place + 2:]
    header = struct.pack(
        "!BBHHHBB", 0x45, rng.choice([0, 0x28]), 20 + len(segment), number & 0xFFFF, 0x4000,
        rng.choice([64, 64, 2]), protocol)
    header += b"\0\0" + source + destination
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return head + b"\x08\x00" + header + segment


def match(rng: random.Random) -> str:
    words = []
    if rng.random() < 0.3:
        words.append(f"in_port={rng.choice(PORTS)}")
    if rng.random() < 0.2:
        words.append(f"dl_dst={rng.choice(MACS)}")
    if rng.random() < 0.2:
        words.append(f"dl_src={rng.choice(MACS)}/{rng.choice(['ff:ff:ff:ff:ff:ff', '00:00:00:00:00:01'])}")
    if rng.random() < 0.2:
        words.append(rng.choice(["dl_vlan=5", "dl_vlan=6", "vlan_tci=0", "vlan_tci=0x1000/0x1000"]))
    if rng.random() < 0.2:
        words.append(f"reg0={rng.choice(['1', '2', '0/1'])}")
    kind = rng.choice(["", "", "ip", "tcp", "udp", "icmp", "arp"])
    if kind:
        words.append(kind)
        if rng.random() < 0.5:
            words.append(f"nw_src={rng.choice(ADDRESSES)}/{rng.choice([8, 16, 24, 32])}")
        if rng.random() < 0.4:
            words.append(f"nw_dst={rng.choice(ADDRESSES)}/{rng.choice([16, 24, 31])}")
    if kind in ("ip", "tcp", "udp", "icmp") and rng.random() < 0.2:
        words.append(rng.choice(["nw_ttl=64", "nw_tos=40", "nw_ecn=0"]))
    if kind in ("tcp", "udp") and rng.random() < 0.6:
        words.append(f"tp_dst={rng.choice(['80', '0x50/0xfffe', '4000'])}")
    if kind == "icmp" and rng.random() < 0.4:
        words.append("icmp_type=8")
    return ",".join(words)


def simple(rng: random.Random, kind: str) -> str:
    choices = [
        lambda: f"output:{rng.choice(PORTS)}", lambda: f"output:{rng.choice(PORTS)}",
        lambda: "in_port", lambda: f"mod_dl_src:{rng.choice(MACS)}",
        lambda: f"mod_dl_dst:{rng.choice(MACS)}", lambda: f"mod_vlan_vid:{rng.choice([5, 9])}",
        lambda: "mod_vlan_pcp:3", lambda: "strip_vlan",
        lambda: f"load:{rng.choice([1, 2, 3])}->NXM_NX_REG0[]",
        lambda: "move:NXM_NX_REG0[0..7]->NXM_NX_REG1[8..15]",
        lambda: "output:NXM_NX_REG0[]",
        lambda: f"set_field:{rng.choice(MACS)}->eth_src",
    ]
    if kind in ("ip", "tcp", "udp", "icmp"):
        choices += [
            lambda: f"mod_nw_src:{rng.choice(ADDRESSES)}", lambda: f"mod_nw_dst:{rng.choice(ADDRESSES)}",
            lambda: "dec_ttl", lambda: "mod_nw_tos:40", lambda: "mod_nw_ttl:9",
        ]
    if kind in ("tcp", "udp"):
        choices += [lambda: f"mod_tp_src:{rng.choice(NUMBERS)}", lambda: f"mod_tp_dst:{rng.choice(NUMBERS)}"]
    return rng.choice(choices)()


def flows(rng: random.Random) -> list[str]:
    """Distinct priorities: what equals overlap is anybody's choice."""
    lines = []
    for table in range(4):
        for priority in rng.sample(range(1, 1000), rng.randrange(4, 12)):
            text = match(rng)
            kind = next((word for word in text.split(",") if word in ("ip", "tcp", "udp", "icmp")), "")
            actions = [simple(rng, kind) for _ in range(rng.randrange(1, 4))]
            if table < 3 and rng.random() < 0.6:
                actions.insert(rng.randrange(len(actions) + 1), f"resubmit(,{rng.randrange(table + 1, 4)})")
            if table < 3 and rng.random() < 0.2:
                actions.append(f"goto_table:{rng.randrange(table + 1, 4)}")
            if rng.random() < 0.1:
                actions = ["drop"]
            lines.append(f"table={table},priority={priority}" + (f",{text}" if text else "")
                         + ",actions=" + ",".join(actions))
        lines.append(f"table={table},priority=0,actions=" + rng.choice(
            ["drop", "output:4", f"load:2->NXM_NX_REG0[],resubmit(,{min(table + 1, 3)})"
             if table < 3 else "output:3"]))
    return lines


class Peer(OpenVSwitch):
    """Open vSwitch without any device."""

    def _daemon(self, name: str, *words: object):
        extra = ["--enable-dummy", "--disable-system", "--pidfile"] if name == "ovs-vswitchd" else []
        return super()._daemon(name, *extra, *words)

    def add_ports(self) -> None:
        self.vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=dummy",
                   "fail-mode=secure")
        for port in PORTS:
            self.vsctl("add-port", "br0", f"p{port}", "--", "set", "interface", f"p{port}",
                       "type=dummy", f"ofport_request={port}",
                       f"options:tx_pcap={self.folder}/p{port}.pcap")
        # "p1 1/2: (dummy)": the number in flows, then that of the datapath.
        self.numbers = {
            int(odp): int(ofp)
            for ofp, odp in re.findall(r"p\d (\d+)/(\d+):", self.appctl("dpif/show"))
        }

    def outputs(self, port: int, data: bytes) -> list[int]:
        text = self.appctl("ofproto/trace", "br0", f"in_port={port}", data.hex())
        actions = re.search(r"Datapath actions: (.*)", text).group(1)
        while (plain := re.sub(r"\([^()]*\)", "", actions)) != actions:
            actions = plain
        return [self.numbers[int(word)] for word in actions.split(",")
                if word.isdigit() and int(word) in self.numbers]

    def frames(self) -> list[tuple[int, bytes]]:
        """What has left so far: port and bytes."""
        sent = []
        for port in PORTS:
            data = (self.folder / f"p{port}.pcap").read_bytes()
            place = 24
            while place + 16 <= len(data):
                length = struct.unpack_from("=I", data, place + 8)[0]
                if place + 16 + length > len(data):
                    break
                sent.append((port, data[place + 16:place + 16 + length]))
                place += 16 + length
        return sent


class Ours:
    """Our switch with datagram sockets for ports."""

    def __init__(self, switch, folder: Path) -> None:
        self.switch = switch
        switch("add-br", "br0", "host-port=false", "fail-mode=secure")
        self.sockets = {}
        self.paths = {}
        for port in PORTS:
            near, far = folder / f"n{port}", folder / f"f{port}"
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            end.bind(str(far))
            self.sockets[port], self.paths[port] = end, str(near)
            switch("add-port", "br0", f"p{port}", "--type", "unix", f"number={port}",
                   f"path={near}", "framing=datagram", f"peer={far}")

    def outputs(self, port: int, data: bytes) -> list[int]:
        text = self.switch("trace", "br0", f"in_port={port}", data.hex(), "--json")
        return [int(name[1:]) for name in json.loads(text)["outputs"]]

    def frames(self, seconds: float) -> list[tuple[int, bytes]]:
        """What leaves until nothing has for so long. The kernel keeps ten datagrams a socket, no more."""
        sent = []
        ports = {end.fileno(): port for port, end in self.sockets.items()}
        while ready := select.select(list(ports), [], [], seconds)[0]:
            for descriptor in ready:
                end = self.sockets[ports[descriptor]]
                sent.append((ports[descriptor], end.recv(65536)))
        return sent


def number(data: bytes) -> int:
    place = data.rfind(b"mrt")
    return struct.unpack_from("!I", data, place + 3)[0] if place >= 0 else -1


def sort(sent: list[tuple[int, bytes]]) -> dict[int, list[tuple[int, str]]]:
    """By the frame that went in; the order of what leaves by several ports is not asked for."""
    result: dict[int, list[tuple[int, str]]] = {}
    for port, data in sent:
        result.setdefault(number(data), []).append((port, data.hex()))
    return {key: sorted(value) for key, value in result.items()}


def test_tables_by_chance(make_host, start_switch, folder) -> None:
    place = make_host()
    with place:
        peer = Peer(folder / "ovs")
    try:
        peer.add_ports()
        ours = Ours(start_switch(place), folder)
        count = 0
        for table in range(TABLES):
            rng = random.Random(f"{SEED}/{table}")
            lines = flows(rng)
            (folder / "flows.txt").write_text("\n".join(lines) + "\n")
            peer._tool("ovs-ofctl", "del-flows", "br0")
            peer._tool("ovs-ofctl", "add-flows", "br0", folder / "flows.txt")
            ours.switch("del-flows", "br0")
            ours.switch("add-flow", "br0", "--file", folder / "flows.txt")
            sent = {}
            for _ in range(FRAMES):
                count += 1
                sent[count] = (rng.choice(PORTS), frame(rng, count))
            for key, (port, data) in list(sent.items())[:TRACES]:
                what = f"seed {SEED}, table {table}, frame {key} from {port}: {data.hex()}"
                assert ours.outputs(port, data) == peer.outputs(port, data), what
            left = []
            for port, data in sent.values():
                ours.sockets[port].sendto(data, ours.paths[port])
                peer.appctl("netdev-dummy/receive", f"p{port}", data.hex())
                left += ours.frames(0.005)
            here = sort(left + ours.frames(0.3))
            there = sort([item for item in peer.frames() if number(item[1]) in sent])
            for key, (port, data) in sent.items():
                what = f"seed {SEED}, table {table}, frame {key} from {port}: {data.hex()}"
                assert here.get(key, []) == there.get(key, []), what
        assert count == TABLES * FRAMES
    finally:
        peer.stop()
