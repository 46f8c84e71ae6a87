"""A martlet node on a TAP: the other end of every test here."""

import os
import subprocess
from pathlib import Path

from .process import Process

ROOT = Path(__file__).resolve().parents[3]
MARTLET = Path(os.environ.get("MARTLET", ROOT / ".build" / "release" / "martlet"))

ECHO, DISCARD, DAYTIME, CHARGEN, HTTP, CLOSED = 7, 9, 13, 19, 80, 81


class Node:
    """A running node."""

    def __init__(
        self, folder: Path, tap: str, prefix: str, mac: str, extra: tuple[object, ...] = ()
    ) -> None:
        self.address = prefix.split("/")[0]
        self.mac = mac
        self.control = folder / "node.sock"
        self.process = Process(
            [MARTLET, "node", "--tap", tap, "--address", prefix, "--mac", mac]
            + ["--control", self.control, *extra],
            folder / "node.log",
        )
        self.ready = self.process.wait_for_line("ready")

    def endpoint(self, port: int) -> tuple[str, int]:
        return self.address, port

    def command(
        self, name: str, *words: object, data: bytes | None = None, seconds: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs `martlet NAME` against this node."""
        return subprocess.run(
            [str(MARTLET), name, "--control", str(self.control), *map(str, words)],
            input=data, stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True, timeout=seconds,
        )

    def resident_bytes(self) -> int:
        """The memory that the node's process holds."""
        status = Path("/proc", str(self.process.process.pid), "status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024
