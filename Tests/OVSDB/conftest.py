"""What every test of the database stands on: a server of ours, one of Open vSwitch's, their clients.

Needs no root. Our server is the release build of martlet, or the one that MARTLET names.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARTLET = os.environ.get("MARTLET", str(ROOT / ".build/release/martlet"))
IS_LONG = os.environ.get("MARTLET_LONG") == "1"
os.environ["PATH"] += ":/usr/sbin:/sbin"
SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [tool for tool in ("ovs-vsctl", "ovsdb-client", "ovsdb-tool", "ovsdb-server")
               if not shutil.which(tool)]
    if not os.access(MARTLET, os.X_OK):
        missing.append(f"{MARTLET}: swift build -c release --product martlet")
    if missing and os.environ.get("CI"):
        pytest.exit("missing here: " + ", ".join(missing), returncode=1)
    for item in items if missing else []:
        item.add_marker(pytest.mark.skip(reason="needs " + ", ".join(missing)))


class Client:
    """A JSON-RPC connection, a message at a time."""

    def __init__(self, path: str | tuple[str, int]):
        family = socket.AF_UNIX if isinstance(path, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(20)
        while True:
            try:
                self.socket.connect(path)
                break
            except BlockingIOError:  # Too many wait to be accepted.
                time.sleep(0.01)
        self.buffer = ""
        self.notifications: list[dict] = []
        self.last = 0

    def send(self, message: dict) -> None:
        self.socket.sendall(json.dumps(message).encode())

    def receive(self) -> dict:
        while True:
            self.buffer = self.buffer.lstrip()
            if self.buffer:
                try:
                    message, end = json.JSONDecoder().raw_decode(self.buffer)
                    self.buffer = self.buffer[end:]
                    return message
                except ValueError:
                    pass
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the server closed the connection")
            # Only whole characters, which these tests send.
            self.buffer += more.decode()

    def ask(self, method: str, *params: object) -> dict:
        """Asks and waits for the answer; notifications that come before it are kept."""
        self.last += 1
        self.send({"method": method, "params": list(params), "id": self.last})
        while (message := self.receive()).get("id") != self.last:
            self.notifications.append(message)
        return message

    def transact(self, *operations: dict, database: str = "Open_vSwitch") -> list:
        answer = self.ask("transact", database, *operations)
        assert answer.get("error") is None, answer
        return answer["result"]

    def close(self) -> None:
        self.socket.close()


class Server:
    """A database server in a folder of its own."""

    def __init__(self, folder: Path, command: list[str]):
        self.folder = folder
        self.path = str(folder / "db.sock")
        self.file = folder / "conf.db"
        self.log = open(folder / "log", "a")
        self.command = command
        # Ours says when it is.
        self.says_ready = command[0] == MARTLET
        self.start()

    def start(self) -> None:
        Path(self.path).unlink(missing_ok=True)
        before = (self.folder / "log").read_text().count("ready")
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 20
        while True:
            try:
                Client(self.path).close()
                log = (self.folder / "log").read_text()
                if not self.says_ready or log.count("ready") > before:
                    return
            except OSError:
                pass
            finally:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, "it does not listen"
                time.sleep(0.01)

    def client(self) -> Client:
        return Client(self.path)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        finally:
            if self.process.poll() is None:
                self.kill()
            self.log.close()

    def vsctl(self, *arguments: str, db: str = "", fails: bool = False) -> str:
        return run("ovs-vsctl", f"--db={db or 'unix:' + self.path}", "--timeout=20", *arguments,
                   fails=fails)


def run(*command: str, fails: bool = False, timeout: float = 30) -> str:
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    assert (result.returncode != 0) == fails, result.stdout + result.stderr
    return result.stderr if fails else result.stdout


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers of ours; they must still run at the end, and then end in order."""
    servers: list[Server] = []

    def begin(schema: Path | None = None, *extra: str) -> Server:
        # A unix socket's path is short.
        folder = tmp_path_factory.mktemp("m")
        command = [MARTLET, "database", "conf.db", "--remote", "punix:db.sock", *extra]
        if schema:
            command += ["--schema", str(schema)]
        servers.append(Server(folder, command))
        return servers[-1]

    yield begin
    for server in servers:
        assert server.process.poll() is None, (server.folder / "log").read_text()
        assert server.stop() == 0


@pytest.fixture
def server(start: Callable[..., Server]) -> Server:
    """A server of ours with Open vSwitch's schema."""
    return start()


@pytest.fixture
def start_peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts Open vSwitch's own server."""
    servers: list[Server] = []

    def begin(schema: Path = SCHEMA) -> Server:
        folder = tmp_path_factory.mktemp("p")
        run("ovsdb-tool", "create", str(folder / "conf.db"), str(schema))
        servers.append(
            Server(folder, ["ovsdb-server", "conf.db", f"--remote=punix:{folder}/db.sock",
                            f"--unixctl={folder}/ctl", "-vconsole:off"]))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()
