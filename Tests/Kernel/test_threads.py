"""Threads, wait queues, the timer and the softIRQ, on real interrupts."""

import pytest

import qemu
from qemu import PASSED


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("controller", ["", "noapic"])
@pytest.mark.parametrize("test", ["threads", "wakeups", "deadlines", "storm"])
def test_scheduler(test, controller, machine):
    status, text = qemu.run(f"test={test} {controller}", machine=machine)
    assert status == PASSED, text
    assert ("using the 8259" in text) == (controller == "noapic")
