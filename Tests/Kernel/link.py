"""A network namespace with a TAP device: this machine's own TCP/IP as the kernel's peer."""

import itertools
import os
import subprocess

_numbers = itertools.count()


class Namespace:
    """A network namespace of its own; a context manager that removes it."""

    def __init__(self):
        self.name = f"mkrn-{os.getpid()}-{next(_numbers)}"
        self._devices = 0

    def __enter__(self):
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "delete", self.name], check=True)

    def tap(self, *prefixes):
        """Makes a TAP device with addresses; returns its name."""
        name = f"tap{self._devices}"
        self._devices += 1
        self.run("ip", "tuntap", "add", "dev", name, "mode", "tap")
        for prefix in prefixes:
            self.run("ip", "address", "add", prefix, "dev", name)
        self.run("ip", "link", "set", name, "up")
        return name

    def command(self, *words):
        """The words, to be run inside."""
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words, **options):
        """Runs a command inside to its end; returns what it printed."""
        options = {"check": True, "capture_output": True, "text": True, "timeout": 120, **options}
        return subprocess.run(self.command(*words), **options).stdout

    def start(self, *words, **options):
        """Starts a command inside."""
        return subprocess.Popen(self.command(*words), **options)


def card(model, tap, index=0):
    """QEMU's arguments for one card on a TAP device."""
    return ["-netdev", f"tap,id=n{index},ifname={tap},script=no,downscript=no",
            "-device", f"{model},netdev=n{index}"]
