"""Network namespaces, each made for one test and gone after it."""

import ctypes
import itertools
import os
import subprocess
from pathlib import Path

_PREFIX = "mrt-"
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


def _enter(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(descriptor, 0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns", path)
    finally:
        os.close(descriptor)


def run(*words: object, check: bool = True) -> str:
    """Runs a command where the caller is, and returns what it printed."""
    result = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=60
    )
    if check and result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {result.stderr.strip()}")
    return result.stdout


def set_kernel(name: str, value: object) -> None:
    """Sets a sysctl of the namespace that the caller is in."""
    Path("/proc/sys", *name.split(".")).write_text(str(value))


class Namespace:
    """A namespace of its own. Inside `with`, this thread and the processes it starts are in it.

    Sockets stay in the namespace that they were made in.
    """

    def __init__(self) -> None:
        self.name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
        self._outside: list[str] = []
        run("ip", "netns", "add", self.name)
        with self:
            run("ip", "link", "set", "lo", "up")
            # No router solicitations between the frames that a test looks at.
            set_kernel("net.ipv6.conf.all.disable_ipv6", 1)
            set_kernel("net.ipv6.conf.default.disable_ipv6", 1)

    def __enter__(self) -> "Namespace":
        descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._outside.append(descriptor)
        _enter(f"/run/netns/{self.name}")
        return self

    def __exit__(self, *_: object) -> None:
        descriptor = self._outside.pop()
        try:
            _enter(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)

    def add_tap(self, name: str, address: str | None = None, mtu: int = 1500) -> None:
        """Makes a TAP whose wire a process may take."""
        with self:
            run("ip", "tuntap", "add", "dev", name, "mode", "tap")
            run("ip", "link", "set", name, "mtu", mtu, "txqueuelen", 2000, "up")
            if address:
                run("ip", "addr", "add", address, "dev", name)

    def delete(self) -> None:
        run("ip", "netns", "del", self.name, check=False)


def delete_stale() -> None:
    """Removes what an earlier run that was killed has left."""
    for line in run("ip", "netns", "list", check=False).splitlines():
        name = line.split()[0] if line else ""
        owner = name.removeprefix(_PREFIX).split("-")[0]
        if name.startswith(_PREFIX) and owner.isdigit() and not Path("/proc", owner).exists():
            run("ip", "netns", "del", name, check=False)
