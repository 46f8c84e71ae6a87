"""What every test of the switch stands on: hosts that are namespaces, cables, switches, peers.

Needs root, the packages that `./test` names, and a release build of `martlet` (or its path in
MARTLET).
"""

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import ovs
from harness.ovs import OpenVSwitch
from harness.switch import Switch
from support import namespace as namespaces
from support.namespace import Namespace, run
from support.node import MARTLET, ROOT

IS_LONG = os.environ.get("MARTLET_LONG") == "1"
ARTEFACTS = ROOT / "test-artefacts"
_cables = itertools.count(1)


def pytest_sessionstart(session: pytest.Session) -> None:
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = []
    if os.geteuid() != 0:
        missing.append("root, for network namespaces and TAPs")
    elif not Path("/dev/net/tun").exists():
        missing.append("/dev/net/tun")
    if not os.access(MARTLET, os.X_OK):
        missing.append(f"{MARTLET}: swift build -c release --product martlet")
    missing += [tool for tool in ("ip", "ping", "ethtool", "nft") if not shutil.which(tool)]
    if missing and os.environ.get("CI"):
        pytest.exit("missing here: " + ", ".join(missing), returncode=1)
    session.config.stash[_missing] = missing
    if not missing:
        namespaces.delete_stale()


_missing = pytest.StashKey[list]()
_reports = pytest.StashKey[dict]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ovs: needs Open vSwitch")
    config.addinivalue_line("markers", "qemu: needs QEMU")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    no_ovs = ovs.missing()
    no_qemu = not shutil.which("qemu-system-x86_64")
    for item in items:
        if missing := config.stash[_missing]:
            item.add_marker(pytest.mark.skip(reason="needs " + ", ".join(missing)))
        if no_ovs and item.get_closest_marker("ovs"):
            item.add_marker(pytest.mark.skip(reason="needs Open vSwitch: " + ", ".join(no_ovs)))
        if no_qemu and item.get_closest_marker("qemu"):
            item.add_marker(pytest.mark.skip(reason="needs qemu-system-x86_64"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    item.stash.setdefault(_reports, {})[report.when] = report


def without_sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_socket()]


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[Path]:
    """A folder for the test's files, kept under test-artefacts/ when it fails. Its path is short:
    sockets lie in it."""
    path = tmp_path_factory.mktemp("sw")
    yield path
    if any(report.failed for report in request.node.stash.get(_reports, {}).values()):
        kept = ARTEFACTS / re.sub(r"[^A-Za-z0-9.-]+", "_", request.node.name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(path, kept, ignore=shutil.ignore_patterns("*.sock", "*.mgmt", "*.ctl"))
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def make_host() -> Iterator[Callable[[], Namespace]]:
    """Makes namespaces that are gone at the end."""
    made: list[Namespace] = []

    def make() -> Namespace:
        made.append(Namespace())
        return made[-1]

    yield make
    for namespace in made:
        namespace.delete()


def join(
    first: Namespace, second: Namespace, names: tuple[str, str], addresses: tuple = (None, None),
    mtu: int = 1500,
) -> None:
    """A cable between two hosts."""
    ends = [f"mv{os.getpid() % 10000}{next(_cables)}{side}" for side in "ab"]
    run("ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
    for host, end, name, address in zip((first, second), ends, names, addresses):
        run("ip", "link", "set", end, "netns", host.name)
        with host:
            run("ip", "link", "set", end, "name", name)
            run("ip", "link", "set", name, "mtu", mtu, "up")
            if address:
                run("ip", "addr", "add", address, "dev", name)


@pytest.fixture
def start_switch(folder: Path) -> Iterator[Callable[..., Switch]]:
    """Starts switches, which must still run at the end and then end in order."""
    switches: list[Switch] = []

    def start(host: Namespace, name: str = "switch") -> Switch:
        with host:
            switches.append(Switch(folder, name))
        return switches[-1]

    yield start
    for switch in switches:
        switch.stop()


@pytest.fixture
def start_ovs(folder: Path) -> Iterator[Callable[[Namespace], OpenVSwitch]]:
    """Starts Open vSwitch on hosts."""
    running: list[OpenVSwitch] = []

    def start(host: Namespace) -> OpenVSwitch:
        with host:
            running.append(OpenVSwitch(folder / f"ovs{len(running)}"))
        return running[-1]

    yield start
    for switch in running:
        switch.stop()


@pytest.fixture
def pair(make_host, start_switch):
    """A bridge without a host's port and two hosts on it: place, switch, and both hosts."""
    place, one, two = make_host(), make_host(), make_host()
    join(place, one, ("v1", "eth0"), (None, "10.30.0.1/24"))
    join(place, two, ("v2", "eth0"), (None, "10.30.0.2/24"))
    switch = start_switch(place)
    switch("add-br", "br0", "host-port=false")
    switch("add-port", "br0", "v1")
    switch("add-port", "br0", "v2")
    return place, switch, one, two
