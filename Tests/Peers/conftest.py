"""What every test against a peer stands on: a namespace, a TAP in it, a node, a capture.

The peer is the kernel of this machine, in a network namespace of the test's own. Needs root, the
packages that `./test` names, and a release build of `martlet` (or its path in MARTLET).
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support import namespace as namespaces
from support.capture import Capture
from support.namespace import Namespace
from support.node import MARTLET, ROOT, Node

KERNEL = "10.77.0.1"
NODE = "10.77.0.2"
NODE_MAC = "02:4d:52:54:00:02"
IS_LONG = os.environ.get("MARTLET_LONG") == "1"

ARTEFACTS = ROOT / "test-artefacts"


def pytest_sessionstart(session: pytest.Session) -> None:
    missing = []
    if os.geteuid() != 0:
        missing.append("root, for a network namespace and a TAP")
    elif not Path("/dev/net/tun").exists():
        missing.append("/dev/net/tun")
    if not os.access(MARTLET, os.X_OK):
        missing.append(f"{MARTLET}: swift build -c release --product martlet")
    tools = ("ip", "ss", "tcpdump", "tshark", "curl", "traceroute", "dnsmasq")
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing += [tool for tool in tools if not shutil.which(tool, path=path)]
    os.environ["PATH"] = path
    if missing and os.environ.get("CI"):
        pytest.exit("missing here: " + ", ".join(missing), returncode=1)
    session.config.stash[_missing] = missing
    if not missing:
        namespaces.delete_stale()


_missing = pytest.StashKey[list]()
_reports = pytest.StashKey[dict]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if missing := config.stash[_missing]:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="needs " + ", ".join(missing)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    item.stash.setdefault(_reports, {})[report.when] = report


def has_failed(request: pytest.FixtureRequest) -> bool:
    reports = request.node.stash.get(_reports, {})
    return any(report.failed for report in reports.values())


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder for the test's files, kept under test-artefacts/ when it fails."""
    kept = ARTEFACTS / re.sub(r"[^A-Za-z0-9.-]+", "_", request.node.name)
    shutil.rmtree(kept, ignore_errors=True)
    yield tmp_path
    if has_failed(request):
        # A control socket is no file to keep.
        ignore = shutil.ignore_patterns("*.sock")
        shutil.copytree(tmp_path, kept, ignore=ignore)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def namespace(folder: Path) -> Iterator[Namespace]:
    """The test's own namespace; the test runs in it."""
    namespace = Namespace()
    try:
        with namespace:
            yield namespace
    finally:
        namespace.delete()


@pytest.fixture
def tap(namespace: Namespace) -> str:
    """A TAP whose kernel side is 10.77.0.1/24."""
    namespace.add_tap("tap0", f"{KERNEL}/24")
    return "tap0"


@pytest.fixture
def capture(request: pytest.FixtureRequest, folder: Path, tap: str) -> Iterator[Capture]:
    """What crosses the TAP."""
    marker = request.node.get_closest_marker("snaplen")
    capture = Capture(folder / "tap0.pcap", tap, marker.args[0] if marker else 0)
    yield capture
    capture.stop()


@pytest.fixture
def start_node(folder: Path) -> Iterator[Callable[..., Node]]:
    """Starts nodes, which must still run at the test's end and then end in order."""
    nodes: list[Node] = []

    def start(tap: str = "tap0", prefix: str = f"{NODE}/24", *extra: object) -> Node:
        nodes.append(Node(folder, tap, prefix, NODE_MAC, extra))
        return nodes[-1]

    yield start
    for node in nodes:
        was_running = node.process.is_running
        status = node.process.stop()
        log = node.process.log.read_text()[-2000:]
        assert was_running, f"the node ended by itself with status {status}: {log}"
        assert status == 0, f"the node ended with status {status}: {log}"


@pytest.fixture
def node(tap: str, capture: Capture, start_node: Callable[..., Node]) -> Node:
    """A node at 10.77.0.2."""
    return start_node(tap)
