"""Vector registers: saved for threads that ask for them, by either way; refused to all others."""

import pytest

import qemu
from qemu import PANICKED, PASSED

# What QEMU's processors have: how the registers are saved, and the way SHA-256 then takes.
PROCESSORS = [
    ([], "FXSAVE, 512 bytes", "Swift"),
    (["-cpu", "qemu64,+ssse3"], "FXSAVE, 512 bytes", "SSSE3"),
    (["-cpu", "max,-avx"], "XSAVE, 576 bytes", "SSSE3"),
    (["-cpu", "max"], "XSAVE, 832 bytes", "AVX2"),
]


@pytest.mark.parametrize("arguments, method, path", PROCESSORS)
def test_threads_keep_their_registers(arguments, method, path):
    status, text = qemu.run("test=vectors", *arguments)
    assert status == PASSED, text
    assert f"vectors: saved by {method} a thread" in text


@pytest.mark.parametrize("arguments, method, path", PROCESSORS)
def test_the_digest_uses_them_where_it_may(arguments, method, path):
    status, text = qemu.run("test=digest", *arguments)
    assert status == PASSED, text
    # A later QEMU's `max` has the SHA extensions, too.
    assert f"test: SHA-256 by {path}" in text or "by SHA-NI" in text and path != "Swift"


def test_a_thread_that_did_not_ask_is_stopped():
    status, text = qemu.run("test=undeclared-vectors")
    assert status == PANICKED, text
    assert "vector registers that the thread has not asked for" in text
