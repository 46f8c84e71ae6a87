"""A bad link between the kernel and a node.

    kernel 10.77.0.1 = tap0 <- martlet impair -> tap1 = bridge = tap2 <- martlet node 10.77.0.2

The kernel has no such link of its own here; the bridge joins the two TAPs that processes hold.
"""

import json
import signal
from pathlib import Path

from .namespace import Namespace, run
from .node import MARTLET
from .process import Process


class ImpairedLink:
    """tap0 of the kernel and tap2 for a node, with `martlet impair` between."""

    def __init__(self, namespace: Namespace, folder: Path, options: tuple[object, ...]) -> None:
        namespace.add_tap("tap1")
        namespace.add_tap("tap2")
        run("ip", "link", "add", "br0", "type", "bridge")
        for port in ("tap1", "tap2"):
            run("ip", "link", "set", port, "master", "br0")
        run("ip", "link", "set", "br0", "up")
        self.process = Process(
            [MARTLET, "impair", "tap0", "tap1", "--json", *options], folder / "impair.log"
        )
        self.process.wait_for_line("ready")

    def counters(self) -> dict[str, dict[str, int]]:
        """What the link has done so far, by direction."""
        self.process.signal(signal.SIGUSR1)
        counters = json.loads(self.process.wait_for_line("{"))
        assert counters.pop("tooLong") == 0
        return counters

    def stop(self) -> None:
        status = self.process.stop()
        assert status == 0, self.process.log.read_text()[-2000:]
