"""The shell on the serial line, and the programs behind it."""

import hashlib
import os
import shutil
import subprocess

import pytest

import peers
import qemu
from link import Namespace, card

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")


@pytest.fixture
def namespace():
    with Namespace() as space:
        yield space


def test_lists_what_the_kernel_knows(namespace):
    with peers.boot(namespace) as kernel:
        kernel.expect("^shell: type help$")
        kernel.type("help")
        kernel.expect("^reboot: ")
        kernel.type("ps")
        kernel.expect("softirq$")
        kernel.expect("running .* shell$")
        kernel.type("ifconfig")
        kernel.expect("^eth0: up, 52:54:00:12:34:56$")
        kernel.expect("^  192.0.2.2/24$")
        kernel.type("route")
        kernel.expect("^0.0.0.0/0 through 192.0.2.1, eth0$")
        kernel.type("netstat")
        kernel.expect("^tcp 0.0.0.0:80 listens")
        kernel.expect("^dropped: ")
        kernel.type("free")
        kernel.expect("^stack: 0 blocks, 0 packets, 1 sockets in use$")
        kernel.type("cat commandline")
        kernel.expect("ip=192.0.2.2/24 gw=192.0.2.1")
        kernel.type("sha256 version")
        version = b"Martlet kernel, Embedded Swift, x86_64"
        kernel.expect(f"^{hashlib.sha256(version).hexdigest()}$")
        kernel.type("dmesg")
        kernel.expect("^net: ready$")
        kernel.type("nonsense")
        kernel.expect("^no such command")


def test_pings_and_knows_its_neighbours(namespace):
    with peers.boot(namespace) as kernel:
        kernel.type("ping 192.0.2.1 5")
        kernel.expect("^5: 56 bytes from 192.0.2.1, ttl 64, ")
        kernel.expect("^5 sent, 5 received$")
        kernel.type("arp")
        kernel.expect("192.0.2.1 is at ([0-9a-f:]{17}) on eth0")
        kernel.type("ping 203.0.113.1 1")
        kernel.expect("^1 sent, 0 received$")


def test_telnets_to_a_server_of_linux(namespace):
    server = namespace.start(
        "python3", "-c",
        "import socket\n"
        "s = socket.create_server(('192.0.2.1', 2323)); print('up', flush=True)\n"
        "c = s.accept()[0]; c.sendall(b'who are you?\\n'); print(c.makefile().readline(), flush=True)\n"
        "c.sendall(b'goodbye\\n'); c.close()",
        stdout=subprocess.PIPE, text=True)
    try:
        with peers.boot(namespace) as kernel:
            kernel.type("telnet 192.0.2.1 2323")
            assert server.stdout.readline() == "up\n"
            kernel.expect("^connected to 192.0.2.1:2323$")
            kernel.expect("who are you[?]$")
            kernel.type("a martlet")
            kernel.expect("closed$")
            kernel.type("telnet 192.0.2.1 4")
            kernel.expect("192.0.2.1: refused$")
    finally:
        server.kill()
        server.wait()


@pytest.mark.skipif(not shutil.which("dnsmasq"), reason="needs dnsmasq")
@pytest.mark.parametrize("model", ["rtl8139", "virtio-net-pci"])
def test_gets_its_address_and_names_from_dnsmasq(namespace, tmp_path, model):
    tap = namespace.tap("192.0.2.1/24")
    server = namespace.start(
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--local=/invalid/",
        "--dhcp-range=192.0.2.50,192.0.2.60,1h", "--address=/martlet.test/192.0.2.77",
        f"--dhcp-leasefile={tmp_path}/leases", "--interface=" + tap, "--bind-interfaces",
        stderr=subprocess.DEVNULL)
    try:
        with qemu.Machine("", *card(model, tap), namespace=namespace) as kernel:
            lease = kernel.expect(r"net: eth0 has (192\.0\.2\.(5[0-9]|60))/24, lent by 192.0.2.1")
            kernel.type("route")
            kernel.expect("^0.0.0.0/0 through 192.0.2.1, eth0$")
            kernel.type("dns martlet.test")
            kernel.expect("^192.0.2.77$")
            kernel.type("dns nobody.invalid")
            kernel.expect("^nobody.invalid: no such name$")
            assert "1 received" in namespace.run("ping", "-c", "1", lease[1])
    finally:
        server.kill()
        server.wait()


def test_reboots():
    with qemu.Machine("ip=none") as kernel:
        kernel.expect("^shell: type help$")
        kernel.type("reboot")
        assert kernel.finish() == 0
