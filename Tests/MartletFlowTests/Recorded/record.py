#!/usr/bin/env python3
"""Records what Open vSwitch's user-space connection tracking does with a few packets.

Needs root and openvswitch-switch; run it as `python3 record.py > ovs-ct.txt`. Each line is the port a
frame goes in by, the frame, and what comes out of the other port (`-` for nothing), in hexadecimal. The
state that tracking found stands in the last byte of the frame's source address. TrackedRecordingTests
does the same with MartletFlow.
"""

import os
import select
import shutil
import socket
import struct
import subprocess
import tempfile

SPACE = f"track-record-{os.getpid()}"
IN, OUT, OWN, ROUTER = "10.0.0.1", "198.51.100.1", "192.0.2.1", "198.51.100.254"
FLOWS = """
table=0,priority=10,udp,in_port=1,nw_dst=198.51.100.0/24,tp_dst=5353 actions=ct(commit,zone=2,nat(src=192.0.2.1)),output:2
table=0,priority=10,ip,in_port=2,nw_dst=192.0.2.1 actions=ct(zone=2,nat,table=1)
table=0,priority=5,ip actions=ct(zone=1,table=1)
table=1,priority=10,ip,in_port=1,ct_state=+trk+new-inv actions=move:NXM_NX_CT_STATE[0..7]->NXM_OF_ETH_SRC[0..7],ct(commit,zone=1),output:2
table=1,priority=5,in_port=1 actions=move:NXM_NX_CT_STATE[0..7]->NXM_OF_ETH_SRC[0..7],output:2
table=1,priority=5,in_port=2 actions=move:NXM_NX_CT_STATE[0..7]->NXM_OF_ETH_SRC[0..7],output:1
"""
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, destination, protocol, payload, identification=1, fragment=0):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
    header += socket.inet_aton(source) + socket.inet_aton(destination)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    return bytes.fromhex("020000000002020000000100" "0800") + header + payload


def pseudo(source, destination, protocol, payload):
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    return ends + struct.pack("!BBH", 0, protocol, len(payload))


def udp(source, destination, ports, data=b"abc"):
    body = struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
    total = checksum(pseudo(source, destination, 17, body) + body)
    return ip(source, destination, 17, body[:6] + struct.pack("!H", total) + body[8:])


def tcp(source, destination, ports, flags, seq, ack=0, window=1000, data=b"", options=b""):
    offset = (5 + len(options) // 4) << 4
    body = struct.pack("!HHIIBBHHH", *ports, seq, ack, offset, flags, window, 0, 0) + options + data
    total = checksum(pseudo(source, destination, 6, body) + body)
    return ip(source, destination, 6, body[:16] + struct.pack("!H", total) + body[18:])


def icmp(source, destination, kind, code, rest, data):
    body = struct.pack("!BBHI", kind, code, 0, rest) + data
    return ip(source, destination, 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])


def frames():
    """The port and the frame, in the order in which they are sent."""
    c, s = (4000, 80), (80, 4000)
    yield 1, udp(IN, OUT, (4000, 53))
    yield 1, udp(IN, OUT, (4000, 53))
    yield 2, udp(OUT, IN, (53, 4000))
    yield 1, udp(IN, OUT, (4000, 53))
    yield 2, udp(OUT, IN, (54, 4000))
    # A connection opens, sends, is forged upon, closes, and its ports are used again.
    yield 1, tcp(IN, OUT, c, SYN, 100)
    yield 1, tcp(IN, OUT, c, SYN, 100)
    yield 2, tcp(OUT, IN, s, SYN | ACK, 300, 101)
    yield 1, tcp(IN, OUT, c, ACK, 101, 301)
    yield 1, tcp(IN, OUT, c, ACK | PSH, 101, 301, data=b"x" * 50)
    yield 2, tcp(OUT, IN, s, ACK, 301, 151, data=b"y" * 10)
    yield 1, tcp(IN, OUT, c, ACK, 900101, 301, data=b"z")
    yield 2, tcp(OUT, IN, s, ACK, 5000301, 151, data=b"z")
    yield 1, tcp(IN, OUT, c, FIN | ACK, 151, 311)
    yield 2, tcp(OUT, IN, s, ACK, 311, 152)
    yield 2, tcp(OUT, IN, s, FIN | ACK, 311, 152)
    yield 1, tcp(IN, OUT, c, ACK, 152, 312)
    yield 1, tcp(IN, OUT, c, SYN, 900000)
    # Refused.
    yield 1, tcp(IN, OUT, (4001, 81), SYN, 7)
    yield 2, tcp(OUT, IN, (81, 4001), RST | ACK, 0, 8)
    # Flags that do not go together.
    yield 1, tcp(IN, OUT, (4002, 82), SYN | FIN, 7)
    yield 1, tcp(IN, OUT, (4002, 82), 0, 7)
    # Pings, and an answer nobody asked for.
    yield 1, icmp(IN, OUT, 8, 0, 0x00050001, b"ping")
    yield 2, icmp(OUT, IN, 0, 0, 0x00050001, b"ping")
    yield 1, icmp(IN, OUT, 8, 0, 0x00050002, b"ping")
    yield 2, icmp(OUT, IN, 0, 0, 0x00060001, b"ping")
    # Errors, of a connection and of none.
    yield 2, icmp(ROUTER, IN, 3, 1, 0, udp(IN, OUT, (4000, 53))[14:42])
    yield 2, icmp(ROUTER, IN, 3, 1, 0, udp(IN, OUT, (4009, 53))[14:42])
    # Translated, answered, and an error about it.
    yield 1, udp(IN, OUT, (6000, 5353))
    yield 2, udp(OUT, OWN, (5353, 6000))
    yield 1, udp(IN, OUT, (6000, 5353))
    yield 2, icmp(ROUTER, OWN, 11, 0, 0, udp(OWN, OUT, (6000, 5353))[14:42])
    yield 2, udp(OUT, OWN, (5353, 6001))


def run(*words, **more):
    return subprocess.run(["ip", "netns", "exec", SPACE, *words], check=True, capture_output=True, text=True, **more)


def main():
    folder = tempfile.mkdtemp()
    env = dict(os.environ, OVS_RUNDIR=folder, OVS_DBDIR=folder, OVS_LOGDIR=folder, OVS_SYSCONFDIR=folder)
    pids = []
    subprocess.run(["ip", "netns", "add", SPACE], check=True)
    try:
        for port in "12":
            run("ip", "link", "add", f"a{port}", "type", "veth", "peer", "name", f"b{port}")
            for end in "ab":
                run("ip", "link", "set", f"{end}{port}", "up")
        subprocess.run(
            ["ovsdb-tool", "create", f"{folder}/conf.db", "/usr/share/openvswitch/vswitch.ovsschema"],
            check=True, env=env, capture_output=True)
        run("ovsdb-server", f"{folder}/conf.db", f"--remote=punix:{folder}/db.sock", "--pidfile", "--detach", "--no-chdir", env=env)
        pids.append(f"{folder}/ovsdb-server.pid")
        run("ovs-vsctl", "--no-wait", "init", env=env)
        run("ovs-vswitchd", "--pidfile", "--detach", "--no-chdir", env=env)
        pids.append(f"{folder}/ovs-vswitchd.pid")
        run("ovs-vsctl", "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev",
            "--", "add-port", "br0", "a1", "--", "set", "interface", "a1", "ofport_request=1",
            "--", "add-port", "br0", "a2", "--", "set", "interface", "a2", "ofport_request=2", env=env)
        run("ovs-ofctl", "del-flows", "br0", env=env)
        run("ovs-ofctl", "add-flows", "br0", "-", env=env, input=FLOWS)
        record()
    finally:
        for path in reversed(pids):
            with open(path) as file:
                os.kill(int(file.read()), 15)
        subprocess.run(["ip", "netns", "del", SPACE])
        shutil.rmtree(folder, ignore_errors=True)


def record():
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    space = os.open(f"/run/netns/{SPACE}", os.O_RDONLY)
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(space, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    sockets = {}
    for port in (1, 2):
        sockets[port] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        sockets[port].bind((f"b{port}", 0x0800))
    libc.setns(own, 0x40000000)
    for port, frame in frames():
        sockets[port].send(frame)
        other = sockets[3 - port]
        came = None
        # What the socket itself sent comes back to it, marked as outgoing.
        while select.select([other], [], [], 0.5)[0]:
            data, address = other.recvfrom(2048)
            if address[2] != socket.PACKET_OUTGOING:
                came = data
                break
        print(port, frame.hex(), came.hex() if came else "-", flush=True)


if __name__ == "__main__":
    main()
