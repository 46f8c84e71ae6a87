"""A machine on a TAP device of a namespace, which holds the peer's side: 192.0.2.1."""

import contextlib
import pathlib
import subprocess
import sys

import qemu
from link import card


def boot(namespace, model="rtl8139", command_line="", arguments=(), **options):
    """Starts a machine with one card, 192.0.2.2, and waits until its network is ready."""
    tap = namespace.tap("192.0.2.1/24")
    machine = qemu.Machine(
        f"ip=192.0.2.2/24 gw=192.0.2.1 {command_line}", *card(model, tap), *arguments, namespace=namespace,
        **options)
    machine.expect("^net: ready$")
    return machine


@contextlib.contextmanager
def boot_behind_loss(namespace, folder, percent, model="rtl8139", command_line=""):
    """As `boot`, behind a wire that loses so many of a hundred frames."""
    own, peer = folder / "wire", folder / "qemu"
    wire = namespace.start(
        sys.executable, pathlib.Path(__file__).with_name("lossy.py"), "wire0", own, peer, percent, 7,
        stdout=subprocess.PIPE)
    try:
        assert wire.stdout.readline() == b"ready\n"
        namespace.run("ip", "address", "add", "192.0.2.1/24", "dev", "wire0")
        namespace.run("ip", "link", "set", "wire0", "up")
        machine = qemu.Machine(
            f"ip=192.0.2.2/24 gw=192.0.2.1 {command_line}",
            "-netdev", f"dgram,id=n0,local.type=unix,local.path={peer},"
            f"remote.type=unix,remote.path={own}", "-device", f"{model},netdev=n0")
        with machine:
            machine.expect("^net: ready$")
            yield machine
    finally:
        wire.kill()
        wire.wait()
