"""Open vSwitch's user-space path in a namespace: the other host."""

import os
import shutil
import subprocess
from pathlib import Path

from support.process import Process

SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
TOOLS = (
    "ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl", "ovs-appctl",
    "ovs-testcontroller",
)


class OpenVSwitch:
    """`ovsdb-server` and `ovs-vswitchd` with folders of their own, in the caller's namespace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.environment = os.environ | {
            name: str(folder)
            for name in ("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR")
        }
        self._tool("ovsdb-tool", "create", folder / "conf.db", SCHEMA)
        self.database = self._daemon(
            "ovsdb-server", folder / "conf.db", f"--remote=punix:{folder}/db.sock")
        self._wait_for(folder / "db.sock")
        self._tool("ovs-vsctl", "--no-wait", "init")
        self.daemon = self._daemon("ovs-vswitchd", f"unix:{folder}/db.sock")

    def _daemon(self, name: str, *words: object) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [name, *map(str, words)], env=self.environment, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _wait_for(self, path: Path) -> None:
        import time

        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline, f"{path} never came"
            time.sleep(0.02)

    def _tool(self, *words: object) -> str:
        result = subprocess.run(
            [str(word) for word in words], env=self.environment, cwd=self.folder,
            capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, f"{words}: {result.stderr}"
        return result.stdout

    def vsctl(self, *words: object) -> str:
        return self._tool("ovs-vsctl", "--timeout=20", *words)

    def appctl(self, *words: object) -> str:
        return self._tool("ovs-appctl", *words)

    def stop(self) -> None:
        for process in (self.daemon, self.database):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def missing() -> list[str]:
    """What of Open vSwitch is not on this machine."""
    tools = [tool for tool in TOOLS if not shutil.which(tool)]
    return tools or ([] if SCHEMA.exists() else [str(SCHEMA)])
