"""Open vSwitch's tools, run against a switch of ours as if it were their own."""

import os
import subprocess


def ask(place, switch, *words: object, seconds: float = 30) -> subprocess.CompletedProcess[str]:
    """Runs a tool that looks for our switch where it would look for its own."""
    with place:
        return subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, timeout=seconds,
            env=os.environ | {"OVS_RUNDIR": str(switch.directory)},
        )


def tool(place, switch, *words: object) -> str:
    """The same, which must succeed."""
    result = ask(place, switch, *words)
    assert result.returncode == 0, f"{words}: {result.stderr}"
    return result.stdout
