"""Processes that a test starts, and ends by their id."""

import os
import selectors
import subprocess
import time
from pathlib import Path
from signal import SIGTERM, Signals


class Process:
    """A process in the caller's namespace, its output in a file."""

    def __init__(self, words: list[object], log: Path) -> None:
        self.words = [str(word) for word in words]
        self.log = log
        self._output = log.open("ab")
        self.process = subprocess.Popen(
            self.words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._output
        )
        self._held = b""

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait_for_line(self, start: str, seconds: float = 10) -> str:
        """The first line of standard output that begins so."""
        deadline = time.monotonic() + seconds
        stdout = self.process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                while b"\n" in self._held:
                    line, self._held = self._held.split(b"\n", 1)
                    self._output.write(line + b"\n")
                    self._output.flush()
                    if line.decode().startswith(start):
                        return line.decode()
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise TimeoutError(f"{self.words[:2]} never printed '{start}'")
                chunk = os.read(stdout.fileno(), 65536)
                if not chunk:
                    raise RuntimeError(f"{self.words[:2]} ended: {self.log.read_text()[-2000:]}")
                self._held += chunk

    def signal(self, number: Signals) -> None:
        self.process.send_signal(number)

    def stop(self, number: Signals = SIGTERM, seconds: float = 5) -> int:
        """Ends the process; returns its status, which is negative when it had to be killed."""
        if self.is_running:
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(seconds)
        if self._output.closed:
            return self.process.returncode
        rest = self._held + self.process.stdout.read()
        self._output.write(rest)
        self._output.close()
        self.process.stdout.close()
        return self.process.returncode
