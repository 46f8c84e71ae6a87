"""Ways for a host to be plugged into a switch, one for each type of port."""

import itertools
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness.switch import Switch
from support.namespace import Namespace, run

_numbers = itertools.count(1)


@dataclass
class Bench:
    """What plugs need beside the switch."""

    switch_host: Namespace
    switch: Switch
    folder: Path
    make_host: Callable[[], Namespace]
    start_switch: Callable[..., Switch]
    join: Callable[..., None]
    cleanup: ExitStack


def plug(bench: Bench, kind: str, name: str, address: str, mtu: int, offload: bool) -> Namespace:
    """A host with `address` behind a port of that kind."""
    host = bench.make_host()
    PLUGS[kind](bench, host, name, address, mtu, offload)
    if not offload:
        with host:
            run("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off", check=False)
            run("ethtool", "-K", "eth0", "gro", "off", check=False)
    return host


def _options(mtu: int, offload: bool) -> list[str]:
    return ([f"mtu={mtu}"] if mtu != 1500 else []) + ([] if offload else ["offload=false"])


def _system(bench, host, name, address, mtu, offload) -> None:
    bench.join(bench.switch_host, host, (name, "eth0"), (None, address), mtu)
    bench.switch("add-port", "br0", name, *_options(1500, offload))


def _made(kind: str):
    def plug(bench, host, name, address, mtu, offload) -> None:
        bench.switch("add-port", "br0", name, "--type", kind, *_options(mtu, offload))
        with bench.switch_host:
            run("ip", "link", "set", name, "netns", host.name)
        with host:
            run("ip", "link", "set", name, "name", "eth0")
            run("ip", "addr", "add", address, "dev", "eth0")
            run("ip", "link", "set", "eth0", "mtu", mtu, "up")

    return plug


def start_qemu(bench: Bench, host: Namespace, end: str, log: str) -> None:
    """QEMU as a cable between a socket and a TAP called eth0: no guest is needed."""
    with host:
        words = (
            "qemu-system-x86_64 -M none -display none -nodefaults"
            f" -netdev {end} -netdev hubport,id=h1,hubid=0,netdev=s"
            " -netdev tap,id=t,ifname=eth0,script=no,downscript=no"
            " -netdev hubport,id=h2,hubid=0,netdev=t"
        ).split()
        output = (bench.folder / log).open("wb")
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def end_it() -> None:
        process.terminate()
        process.wait(10)
        output.close()

    bench.cleanup.callback(end_it)


def _unix(bench, host, name, address, mtu, offload) -> None:
    path = bench.folder / f"{name}.sock"
    bench.switch("add-port", "br0", name, "--type", "unix", f"path={path}")
    with host:
        run("ip", "tuntap", "add", "dev", "eth0", "mode", "tap")
        run("ip", "addr", "add", address, "dev", "eth0")
        run("ip", "link", "set", "eth0", "mtu", mtu, "up")
    start_qemu(
        bench, host, f"stream,id=s,server=off,addr.type=unix,addr.path={path}", f"{name}.qemu")
    wait_for_carrier(host)


def wait_for_carrier(host: Namespace) -> None:
    deadline = time.monotonic() + 10
    with host:
        while "LOWER_UP" not in run("ip", "link", "show", "eth0"):
            assert time.monotonic() < deadline, "QEMU never took its TAP"
            time.sleep(0.02)


def _gre(bench, host, name, address, mtu, offload) -> None:
    far = bench.make_host()
    number = next(_numbers)
    here, there = f"172.30.{number}.1", f"172.30.{number}.2"
    bench.join(
        bench.switch_host, far, (f"u{number}", "u0"), (f"{here}/24", f"{there}/24"), mtu)
    bench.join(far, host, ("v0", "eth0"), (None, address), mtu)
    switch = bench.start_switch(far, f"far{number}")
    switch("add-br", "br0", "host-port=false")
    switch("add-port", "br0", "v0")
    key = [f"key={number}"]
    switch("add-port", "br0", "gre0", "--type", "gre", "--remote-ip", here, *key)
    bench.switch("add-port", "br0", name, "--type", "gre", "--remote-ip", there, *key)


def _vxlan(bench, host, name, address, mtu, offload) -> None:
    """The kernel's own device is the other end."""
    number = next(_numbers)
    here, there = f"172.30.{number}.1", f"172.30.{number}.2"
    bench.join(
        bench.switch_host, host, (f"u{number}", "u0"), (f"{here}/24", f"{there}/24"), mtu)
    with host:
        run("ip", "link", "add", "eth0", "type", "vxlan", "id", 100 + number, "remote", here,
            "local", there, "dstport", 4789, "dev", "u0")
        run("ip", "addr", "add", address, "dev", "eth0")
        run("ip", "link", "set", "eth0", "up")
    bench.switch(
        "add-port", "br0", name, "--type", "vxlan", "--remote-ip", there, f"key={100 + number}")


PLUGS = {
    "system": _system,
    "tap": _made("tap"),
    "internal": _made("internal"),
    "unix": _unix,
    "gre": _gre,
    "vxlan": _vxlan,
}
