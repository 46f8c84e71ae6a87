"""Each pair of port types, at two MTUs, with offloads and without: ping, TCP, UDP."""

import itertools
import shutil
from contextlib import ExitStack

import pytest

from conftest import IS_LONG, join
from harness.plugs import PLUGS, Bench, plug
from harness.traffic import datagrams, ping, transfer

MEGABYTE = 1 << 20
PAIRS = list(itertools.combinations_with_replacement(PLUGS, 2))
WAYS = list(itertools.product((1500, 9000), (True, False)))

# Every pair once, and every MTU and offload with every type, or all there are.
CASES = (
    [(*pair, *way) for pair in PAIRS for way in WAYS]
    if IS_LONG
    else [(*pair, *WAYS[index % len(WAYS)]) for index, pair in enumerate(PAIRS)]
)


@pytest.mark.parametrize(
    "first, second, mtu, offload", CASES,
    ids=[f"{a}-{b}-{mtu}-{'on' if offload else 'off'}" for a, b, mtu, offload in CASES],
)
def test_pair(
    first, second, mtu, offload, make_host, start_switch, folder
) -> None:
    if "unix" in (first, second) and not shutil.which("qemu-system-x86_64"):
        pytest.skip("needs qemu-system-x86_64")
    with ExitStack() as cleanup:
        place = make_host()
        switch = start_switch(place)
        switch("add-br", "br0", "host-port=false")
        bench = Bench(place, switch, folder, make_host, start_switch, join, cleanup)
        one = plug(bench, first, "p1", "10.30.0.1/24", mtu, offload)
        two = plug(bench, second, "p2", "10.30.0.2/24", mtu, offload)
        ping(one, "10.30.0.2")
        transfer(one, two, "10.30.0.2", (20 if IS_LONG else 4) * MEGABYTE)
        transfer(two, one, "10.30.0.1", (20 if IS_LONG else 4) * MEGABYTE)
        # What fits each path whole, and what its sender has to fragment.
        room = mtu - 28 - (60 if {"gre", "vxlan"} & {first, second} else 0)
        datagrams(one, two, "10.30.0.2", (1, 100, room))
        for name in ("p1", "p2"):
            port = switch.port(name)
            assert port["error"] is None
            assert port["counters"]["bad_offload_total"] == 0
            assert port["counters"]["receive_errors_total"] == 0
