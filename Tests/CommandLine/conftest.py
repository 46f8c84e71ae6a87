"""What every test of the command line stands on: the program, a run folder, a house that is up.

Needs no root. The program is the release build, or the one that MARTLET names.
"""

import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

# What starts the tests may ignore these (nohup, a job in the background), and martlet rightly keeps to
# what it inherits.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[2]
MARTLET = os.environ.get("MARTLET", str(ROOT / ".build/release/martlet"))


def pytest_sessionstart(session):
    if not os.access(MARTLET, os.X_OK):
        pytest.exit(f"{MARTLET} is missing: swift build -c release --product martlet", returncode=1)


@pytest.fixture(autouse=True)
def run_folder(tmp_path_factory, monkeypatch):
    """A run folder of the test's own: short, for it is part of a socket's path."""
    folder = tmp_path_factory.mktemp("run")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder / "martlet"


@pytest.fixture
def martlet():
    """Runs the program to its end."""

    def run(*arguments, input=None, timeout=20, text=True, **options):
        return subprocess.run(
            [MARTLET, *map(str, arguments)],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=text,
            timeout=timeout,
            **options,
        )

    return run


class House:
    """A `martlet up` that runs."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [MARTLET, "up", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []

    def wait_for(self, pattern, seconds=20):
        """Reads lines until one matches, and returns the match."""
        # Reading a line waits for ever where none comes: the end of the process ends that, too.
        watchdog = threading.Timer(seconds, self.process.kill)
        watchdog.start()
        try:
            while line := self.process.stdout.readline():
                self.lines.append(line.rstrip("\n"))
                if match := re.search(pattern, line):
                    return match
        finally:
            watchdog.cancel()
        self.process.kill()
        raise AssertionError(
            f"no line like {pattern!r}; it said {self.lines} and {self.process.stderr.read()!r}"
        )

    def wait_url(self):
        """The port of the page, once it answers."""
        return int(self.wait_for(r"^http://localhost:(\d+)/$")[1])

    def end(self, number=signal.SIGTERM):
        """Asks it to end and returns its status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            rest, self.errors = self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.lines += rest.splitlines()
        return self.process.returncode


@pytest.fixture
def house():
    """Brings houses up, and down at the end."""
    houses = []

    def up(*arguments):
        houses.append(House(*arguments))
        return houses[-1]

    yield up
    for each in houses:
        each.end()


def free_port():
    """A port of localhost that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def numbered(count):
    """What a node answers to /bytes/COUNT."""
    lines = []
    left = count
    while left > 0:
        lines.append((f"{left:015d}" + "." * 48 + "\n")[: min(64, left)])
        left -= 64
    return "".join(lines).encode()
