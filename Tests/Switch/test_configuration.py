"""Commands that come fast, or at once with those of Open vSwitch's tools: none is undone by another."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest


def names(switch) -> set[str]:
    return {port["name"] for bridge in switch.show()["bridges"] for port in bridge["ports"]}


def test_commands_in_a_row_and_at_once(make_host, start_switch) -> None:
    switch = start_switch(make_host())
    switch("add-br", "br0", "host-port=false")
    for number in range(20):
        switch("add-port", "br0", f"a{number}", "--type", "memory")
        assert f"a{number}" in names(switch)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(
            lambda number: switch("add-port", "br0", f"b{number}", "--type", "memory"), range(16)))
    wanted = {f"a{number}" for number in range(20)} | {f"b{number}" for number in range(16)}
    assert names(switch) == wanted
    switch.restart(kill=True)
    assert names(switch) == wanted


@pytest.mark.ovs
def test_commands_beside_other_tools(make_host, start_switch) -> None:
    switch = start_switch(make_host())
    switch("add-br", "br0", "host-port=false")

    def add(number: int) -> None:
        if number % 2:
            switch("add-port", "br0", f"p{number}", "--type", "memory")
        else:
            result = subprocess.run(
                ["ovs-vsctl", "--timeout=20", f"--db=unix:{switch.directory}/db.sock", "add-port",
                 "br0", f"p{number}", "--", "set", "interface", f"p{number}", "type=memory"],
                env=os.environ | {"OVS_RUNDIR": str(switch.directory)},
                capture_output=True, text=True)
            assert result.returncode == 0, result.stderr

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(16)))
    assert names(switch) == {f"p{number}" for number in range(16)}
