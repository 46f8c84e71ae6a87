"""The image boots, says what it found, and stops with a reason when something is wrong."""

import subprocess

import pytest

import qemu
from qemu import PANICKED, PASSED


@pytest.mark.parametrize("machine", ["pc", "q35"])
@pytest.mark.parametrize("memory", [32, 128, 3072])
def test_boots_by_pvh(machine, memory):
    status, text = qemu.run("test=heap", machine=machine, memory=memory)
    assert status == PASSED, text
    assert "boot: PVH" in text


def test_boots_from_a_grub_iso(tmp_path):
    iso = qemu.make_iso(tmp_path, "debug-exit test=heap")
    status, text = qemu.run(boot=["-cdrom", iso])
    assert status == PASSED, text
    assert "boot: multiboot2" in text


@pytest.mark.parametrize("test, reason", [
    ("page-fault", "page fault, error 2, .*address 0$"),
    ("write-to-text", "page fault, error 3, .*address 100000$"),
    ("execute-data", "page fault, error 11,"),
    ("stack-overflow", "double fault"),
    ("precondition", "invalid opcode"),
])
def test_panic_names_the_exception(test, reason):
    with qemu.Machine(f"test={test}") as machine:
        machine.expect("^panic: " + reason)
        machine.expect("^  rax [0-9a-f]{16}  rbx")
        address = machine.expect("^  from ([0-9a-f]{16})$")[1]
        assert machine.finish() == PANICKED
    symbols = subprocess.run(["nm", "-n", qemu.IMAGE], check=True, capture_output=True, text=True)
    below = [line for line in symbols.stdout.splitlines() if line[:16] <= address]
    assert "SelfTest" in below[-1] or "kernel_main" in below[-1] or "kernelMain" in below[-1]


def test_no_segment_is_writable_and_executable():
    headers = subprocess.run(
        ["readelf", "-lW", qemu.IMAGE], check=True, capture_output=True, text=True).stdout
    rights = [line.split()[6:-1] for line in headers.splitlines() if "LOAD" in line]
    assert [["R", "E"], ["R"], ["RW"]] == rights
