"""A home on a network: nodes on TAPs and a hub on the kernel's sockets, worked by its owner's commands."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGKILL
from time import monotonic, sleep

import pytest
from support.namespace import Namespace, run
from support.node import MARTLET
from support.process import Process

GARDEN_MAC = "02:4d:52:54:00:0a"
GARDEN = "024d5254000a"


class Home:
    """A namespace with two networks, each with a TAP; nodes and a hub are started by the test."""

    def __init__(self, namespace: Namespace, folder: Path, user: int | None = None) -> None:
        self.folder = folder
        self.user = user
        namespace.add_tap("tap0", "10.77.0.1/24")
        namespace.add_tap("tap1", "10.78.0.1/24")
        self.environment = dict(os.environ, XDG_STATE_HOME=str(folder), XDG_RUNTIME_DIR=str(folder))
        self.processes: list[Process] = []

    def start(self, *words: object, log: str) -> Process:
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            self.processes.append(Process([MARTLET, *words], self.folder / log))
        finally:
            os.environ.clear()
            os.environ.update(before)
        return self.processes[-1]

    def node(self, kind: str, tap: str, address: str, *extra: object) -> Process:
        node = self.start(
            "node", kind, "--tap", tap, "--address", f"{address}/24", "--name", kind, *extra,
            log=f"{kind}.log",
        )
        node.wait_for_line("ready", 30)
        return node

    def hub(self, *extra: object) -> Process:
        hub = self.start("hub", *extra, log="hub.log")
        hub.page = hub.wait_for_line("ready", 60).split()[1]
        return hub

    def martlet(self, *words: object, status: int = 0) -> str:
        result = subprocess.run(
            [str(MARTLET), *map(str, words)], capture_output=True, text=True, timeout=60,
            env=self.environment,
        )
        assert result.returncode == status, result.stderr
        return result.stdout if status == 0 else result.stderr

    def nodes(self) -> dict[str, dict]:
        return {one["kind"]: one for one in json.loads(self.martlet("house", "nodes", "--json"))}

    def wait(self, is_so: Callable[[dict[str, dict]], bool], seconds: float = 30) -> dict[str, dict]:
        end = monotonic() + seconds
        while not is_so(nodes := self.nodes()):
            assert monotonic() < end, nodes
            sleep(0.2)
        return nodes

    def end(self) -> None:
        for process in reversed(self.processes):
            process.stop()


@pytest.fixture
def home(namespace: Namespace, folder: Path) -> Iterator[Home]:
    home = Home(namespace, folder)
    yield home
    home.end()


def online(*kinds: str) -> Callable[[dict[str, dict]], bool]:
    return lambda nodes: all(nodes.get(kind, {}).get("standing") == "online" for kind in kinds)


def proved(nodes: dict[str, dict]) -> bool:
    """The irrigation controller is online by a connection in which it proved its key."""
    return online("irrigation")(nodes) and nodes["irrigation"]["proved"] is True


def test_home_is_found_paired_and_worked(home: Home) -> None:
    trace = home.folder / "pins"
    garden = home.node(
        "irrigation", "tap0", "10.77.0.2", "--mac", GARDEN_MAC, "--trace", trace, "--panel"
    )
    garden.wait_for_line("not paired: obeys nobody yet")
    home.node("led", "tap1", "10.78.0.3", "--auth", "none")
    hub = home.hub()
    # Heard on both interfaces, without a default route.
    nodes = home.wait(online("irrigation", "light"))
    assert nodes["irrigation"]["id"] == GARDEN
    assert nodes["irrigation"]["needsPairing"] and not nodes["light"]["needsPairing"]

    # Unpaired it opens for nobody; a wrong code and a closed window are told apart.
    assert "paired" in home.martlet("house", "open", "A", "--seconds", 5, status=69)
    assert "pairing window" in home.martlet(
        "house", "pair", GARDEN, "0123-4567-89AB-CDEF", status=69
    )
    code = home.martlet("node", "pair", "--node", "irrigation").strip()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert "another code" in home.martlet(
        "house", "pair", GARDEN, "0123-4567-89AB-CDEF", status=69
    )
    home.martlet("house", "pair", GARDEN, code.lower().replace("-", " "))
    home.wait(proved)

    # Opened, reported, traced: a valve's output is active low.
    home.martlet("house", "open", "B", "--minutes", 1)
    assert home.nodes()["irrigation"]["open"] == [1]
    assert garden.wait_for_line("irrigation  A closed   B OPEN")
    assert "all valves are closed" in home.martlet("house", "stop")
    assert home.nodes()["irrigation"]["open"] == []
    lines = [line.split(",") for line in trace.read_text().splitlines()]
    assert lines[0] == ["time", "pin", "level"]
    assert [line[2] for line in lines if line[1] == "13"] == ["1", "0", "1"]
    assert "Valve B" in home.martlet("house", "history")

    # What belongs to the owner is closed to others.
    socket = home.folder / "martlet/hub/hub.sock"
    assert socket.stat().st_mode & 0o777 == 0o600
    key = home.folder / "martlet/hub/hub.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert home.martlet("house", "led", "on", "--color", "#ff8800").startswith("Light: on #ff8800")

    # The pairing outlives both.
    assert hub.stop(SIGKILL) == -SIGKILL
    assert garden.stop() == 0
    home.node("irrigation", "tap0", "10.77.0.2", "--mac", GARDEN_MAC)
    home.hub()
    home.wait(online("irrigation", "light"))
    home.wait(proved)
    database = (home.folder / "martlet/hub/hub.sqlite").read_bytes()
    kept = (home.folder / "martlet/node-irrigation/pairing").read_bytes()[8:]
    assert len(kept) == 32 and kept not in database and kept.hex().encode() not in database


def test_backup_brings_a_home_back(home: Home) -> None:
    home.node("irrigation", "tap0", "10.77.0.2", "--mac", GARDEN_MAC, "--pair")
    code = home.processes[0].wait_for_line("pairing code").split()[-1]
    hub = home.hub()
    home.wait(online("irrigation"))
    home.martlet("house", "pair", GARDEN, code)
    home.martlet("house", "open", "A", "--seconds", 30)
    home.martlet("house", "stop")
    backup = home.folder / "backup"
    said = home.martlet("hub", "backup", backup)
    assert "restored once" in said and "1 in pairing" in said and "1 in run" in said
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "whole" in home.martlet("hub", "check")
    assert "end that one first" in home.martlet("hub", "restore", backup, status=69)
    assert hub.stop() == 0
    for name in ["hub.sqlite", "hub.key"]:
        (home.folder / "martlet/hub" / name).unlink()
    assert "restored" in home.martlet("hub", "restore", backup)
    home.hub()
    home.wait(proved)
    assert "Valve A" in home.martlet("house", "history")
    damaged = bytearray(backup.read_bytes())
    damaged[4096:8192] = bytes(4096)
    backup.write_bytes(damaged)
    assert "nothing was changed" in home.martlet(
        "hub", "restore", backup, "--state", home.folder / "other", status=65
    )


def test_node_keeps_its_address_and_counts_its_boots(home: Home) -> None:
    first = home.node("alarm", "tap0", "10.77.0.2", "--auth", "none")
    home.hub()
    # Online comes first, what it reports a moment later.
    before = home.wait(lambda nodes: nodes.get("alarm", {}).get("inputs") == 0)["alarm"]
    home.martlet("node", "input", "--node", "alarm", 2, "active")
    home.wait(lambda nodes: nodes["alarm"].get("inputs") == 2, 5)
    assert first.stop() == 0
    home.node("alarm", "tap0", "10.77.0.2", "--auth", "none")
    home.wait(lambda nodes: nodes["alarm"].get("inputs") == 0)
    assert len(home.nodes()) == 1 and home.nodes()["alarm"]["id"] == before["id"]
    assert (home.folder / "martlet/node-alarm/boots").read_bytes()[8:] == b"\0\0\0\2"


def test_second_hub_of_a_folder_is_refused(home: Home) -> None:
    home.hub()
    assert "a hub that is running has it" in home.martlet("hub", status=69)


def test_first_run_asks_for_a_password_once(home: Home) -> None:
    hub = home.hub()
    link = hub.wait_for_line("  http://").strip()
    base, code = link.split("start?code=")
    assert base == hub.page

    def post(path: str, body: str) -> int:
        request = urllib.request.Request(
            base + path, body.encode(), {"Origin": base.rstrip("/")}, method="POST"
        )
        opener = urllib.request.build_opener(NoRedirect)
        try:
            return opener.open(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    assert post("start", f"code={code}") == 400
    assert post("start", f"code={code}&password=short") == 400
    assert post("start", f"code={code}&password=long+enough+now") == 303
    assert post("start", f"code={code}&password=long+enough+now") == 403
    assert post("login", "password=long+enough+now") == 303


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a privilege up")
def test_without_privilege_it_says_so_and_works_by_address(
    home: Home, namespace: Namespace
) -> None:
    home.node("irrigation", "tap0", "10.77.0.2", "--auth", "none", "--mac", GARDEN_MAC)
    state = home.folder / "nobody"
    state.mkdir()
    os.chown(state, 65534, 65534)
    for parent in [home.folder, *home.folder.parents]:
        if parent.stat().st_mode & 0o011 != 0o011:
            parent.chmod(parent.stat().st_mode | 0o011)
    environment = dict(os.environ, XDG_STATE_HOME=str(state), XDG_RUNTIME_DIR=str(state))
    hub = subprocess.Popen(
        [str(MARTLET), "hub"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, user=65534, group=65534, extra_groups=[],
    )
    try:
        assert hub.stdout.readline().startswith("ready ")
        said = "".join(hub.stderr.readline() for _ in range(4))
        for word in ["242", "setcap", "ip_unprivileged_port_start", "systemd"]:
            assert word in said
        home.environment = environment
        home.martlet("house", "add", GARDEN, "10.77.0.2")
        home.wait(online("irrigation"))
        home.martlet("house", "open", "C", "--seconds", 30)
        home.martlet("house", "close")
    finally:
        hub.terminate()
        hub.wait(20)
    assert run("ip", "link", "show", "tap0")
