"""A running `martlet switch`, and its commands."""

import json
import os
import subprocess
from pathlib import Path
from signal import SIGKILL, SIGTERM

from support.node import MARTLET
from support.process import Process


class Switch:
    """A switch in the caller's namespace, its state in a folder of its own."""

    def __init__(self, folder: Path, name: str = "switch") -> None:
        self.directory = folder / name
        self.log = folder / f"{name}.log"
        self.process = self._start()

    def _start(self) -> Process:
        process = Process([MARTLET, "switch", "run", "--dir", self.directory], self.log)
        process.wait_for_line("ready", 20)
        return process

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Runs `martlet switch WORDS…` against it."""
        return subprocess.run(
            [str(MARTLET), "switch", *map(str, words), "--dir", str(self.directory)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )

    def __call__(self, *words: object) -> str:
        """The same, which must succeed."""
        result = self.run(*words)
        assert result.returncode == 0, f"{words}: {result.stderr}"
        return result.stdout

    def show(self) -> dict:
        return json.loads(self("show", "--json"))

    def port(self, name: str) -> dict:
        for bridge in self.show()["bridges"]:
            for port in bridge["ports"]:
                if port["name"] == name:
                    return port
        raise KeyError(name)

    def restart(self, kill: bool = False) -> None:
        """Ends it, by force if wanted, and starts it anew on the same folder."""
        status = self.process.stop(SIGKILL if kill else SIGTERM, 10)
        assert kill or status == 0, self.log.read_text()[-2000:]
        self.process = self._start()

    def stop(self) -> None:
        was_running = self.process.is_running
        status = self.process.stop(seconds=10)
        log = self.log.read_text()[-2000:]
        assert was_running, f"the switch ended by itself with status {status}: {log}"
        assert status == 0, f"the switch ended with status {status}: {log}"
