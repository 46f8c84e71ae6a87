"""Starts the kernel in QEMU and reads its serial line.

Waits are for events; the only time limit is a watchdog that ends a machine which no longer speaks.
"""

import pathlib
import queue
import re
import shutil
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRIPLE = "x86_64-unknown-none-elf"
IMAGE = ROOT / "Kernel/.build" / TRIPLE / "release/martlet-kernel"
WATCHDOG_SECONDS = 60

PASSED = 1  # isa-debug-exit: status << 1 | 1
PANICKED = 3


def build():
    """Builds the kernel with the command that its documentation names."""
    subprocess.run(
        ["swift", "build", "--package-path", "Kernel", "-c", "release", "--triple", TRIPLE,
         "--toolset", "Kernel/toolset.json"],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def make_iso(folder, command_line):
    """Makes a GRUB ISO that boots the image with a command line."""
    boot = folder / "iso/boot/grub"
    boot.mkdir(parents=True)
    shutil.copy(IMAGE, folder / "iso/boot/martlet-kernel")
    (boot / "grub.cfg").write_text(
        f"set timeout=0\nmenuentry martlet {{\n"
        f"  multiboot2 /boot/martlet-kernel {command_line}\n  boot\n}}\n")
    iso = folder / "martlet.iso"
    subprocess.run(["grub-mkrescue", "-o", iso, folder / "iso"], check=True, capture_output=True)
    return iso


class Machine:
    """A running QEMU; a context manager that ends it."""

    def __init__(self, command_line="", *arguments, machine="pc", memory=128, boot=None,
                 namespace=None):
        boot = boot or ["-kernel", IMAGE, "-append", f"debug-exit {command_line}"]
        self.lines = []
        self._queue = queue.Queue()
        enter = namespace.command() if namespace else []
        self._process = subprocess.Popen(
            [*enter, "qemu-system-x86_64", "-accel", "tcg", "-M", machine, "-m", str(memory),
             "-nodefaults", "-display", "none", "-monitor", "none", "-serial", "stdio",
             "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
             *map(str, boot), *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            self._queue.put(line.decode(errors="replace").rstrip())
        self._queue.put(None)

    def _next(self):
        try:
            line = self._queue.get(timeout=WATCHDOG_SECONDS)
        except queue.Empty:
            raise AssertionError("the kernel fell silent:\n" + self.text) from None
        if line is not None:
            self.lines.append(line)
        return line

    @property
    def text(self):
        """What the kernel has said so far."""
        return "\n".join(self.lines)

    def expect(self, pattern):
        """Waits for a line that the pattern is found in; returns the match."""
        while (line := self._next()) is not None:
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"the kernel ended before it said {pattern!r}:\n{self.text}")

    def type(self, line):
        """Types a line on the serial console."""
        self._process.stdin.write(line.encode() + b"\r")
        self._process.stdin.flush()

    def finish(self):
        """Waits for the machine's end; returns QEMU's status."""
        while self._next() is not None:
            pass
        return self._process.wait(WATCHDOG_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def run(*arguments, **options):
    """Runs a machine to its end; returns QEMU's status and the kernel's text."""
    with Machine(*arguments, **options) as machine:
        return machine.finish(), machine.text
