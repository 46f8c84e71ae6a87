"""What the kernel takes, and that traffic and floods leave nothing behind."""

import os
import re

import pytest

import peers
import qemu
from link import Namespace

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

FLOOD = r"""
import random, socket, struct
def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16: total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
chance = random.Random(1)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
target = socket.inet_aton("192.0.2.2")
for _ in range(5000):
    source = bytes([198, 51, 100, chance.randrange(1, 255)])
    tcp = struct.pack("!HHIIHHHH", chance.randrange(1024, 65536), 80, chance.getrandbits(32), 0,
                      0x5002, 65535, 0, 0)
    pseudo = source + target + struct.pack("!BBH", 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + source + target
    raw.sendto(ip + tcp, ("192.0.2.2", 0))
"""


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


def free(kernel):
    """What `free` says: frames in use, blocks of the heap, then the stack's blocks and packets."""
    kernel.type("free")
    frames = kernel.expect(r"^frames: (\d+) of \d+ in use")[1]
    heap = kernel.expect(r"^heap: (\d+) blocks$")[1]
    stack = kernel.expect(r"^stack: (\d+) blocks, (\d+) packets, (\d+) sockets in use$")
    return [int(frames), int(heap), *map(int, stack.groups())]


@pytest.mark.parametrize("model", ["rtl8139", "virtio-net-pci"])
def test_serves_its_first_page_in_four_mebibytes(namespace, model):
    with peers.boot(namespace, model, memory=32) as kernel:
        namespace.run("curl", "-sS", "--fail", "-o", "/dev/null", "http://192.0.2.2/")
        # The image is counted in.
        assert free(kernel)[0] * 4096 <= 4 << 20


def test_the_loaded_image_is_small():
    headers = qemu.subprocess.run(
        ["readelf", "-lW", qemu.IMAGE], check=True, capture_output=True, text=True).stdout
    sizes = [int(size, 16) for size in re.findall(r"LOAD\s+(?:\S+\s+){4}(0x\w+)", headers)]
    assert len(sizes) == 3 and sum(sizes) <= 1 << 20


@pytest.mark.parametrize("model", ["rtl8139", "virtio-net-pci"])
def test_packets_take_nothing_from_the_heap(namespace, model):
    with peers.boot(namespace, model) as kernel:
        def traffic():
            namespace.run("ping", "-q", "-c", "300", "-i", "0.002", "-s", "3000", "192.0.2.2")
            for _ in range(3):
                namespace.run(
                    "curl", "-sS", "--fail", "-o", "/dev/null", "http://192.0.2.2/bytes/1000000")

        traffic()
        free(kernel)
        before = free(kernel)
        traffic()
        assert free(kernel) == before
        assert before[2:4] == [0, 0]


def test_a_flood_of_handshakes_keeps_nobody_out(namespace):
    with peers.boot(namespace) as kernel:
        namespace.run("python3", "-c", FLOOD)
        page = namespace.run("curl", "-sS", "--fail", "--max-time", "20", "http://192.0.2.2/")
        assert "Martlet" in page
        kernel.type("netstat")
        assert int(kernel.expect(r"^tcp: .* (\d+) cookies$")[1]) > 0
