"""What crossed the wire, and what a dissector that is not ours says of it."""

import subprocess
import time
from pathlib import Path

from .namespace import run
from .process import Process


class Capture:
    """A running tcpdump in the caller's namespace."""

    def __init__(self, file: Path, interface: str, snaplen: int = 0) -> None:
        self.file = file
        self.process = Process(
            ["tcpdump", "-i", interface, "-w", file, "-U", "-n", "--immediate-mode", "-s", snaplen, "-B", 16384],
            file.with_suffix(".tcpdump"),
        )
        deadline = time.monotonic() + 5
        while not file.exists() or file.stat().st_size < 24:
            if time.monotonic() > deadline or not self.process.is_running:
                raise RuntimeError(f"tcpdump: {self.process.log.read_text()}")
            time.sleep(0.01)

    def stop(self) -> Path:
        if self.process.is_running:
            # What the kernel has still in its ring.
            time.sleep(0.05)
        self.process.stop()
        return self.file

    def frames(self, *options: str) -> list[list[str]]:
        """The fields that `-e` options name, one list a frame that passes `-Y`."""
        self.stop()
        output = run("tshark", "-r", self.file, "-n", "-T", "fields", *options)
        return [line.split("\t") for line in output.splitlines()]

    def complaints(self) -> list[str]:
        """Malformed packets and bad checksums, a line each."""
        self.stop()
        checks = [
            word
            for name in ("ip", "tcp", "udp")
            for word in ("-o", f"{name}.check_checksum:TRUE")
        ]
        bad = (
            "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0"
            " || udp.checksum.status == 0 || icmp.checksum.status == 0 || tcp.options.unknown"
        )
        result = subprocess.run(
            ["tshark", "-r", str(self.file), "-n", *checks, "-Y", bad],
            capture_output=True, text=True, timeout=120, check=True,
        )
        return result.stdout.splitlines()
