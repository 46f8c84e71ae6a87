"""The same expectations of the kernel's sockets and of libmartlet's."""

import subprocess

import pytest

from conftest import HERE


@pytest.fixture(scope="module")
def program(compile_program):
    sources = ["conformance.c", "support.c", "names.c", "streams.c", "datagrams.c", "readiness.c",
               "options.c", "bad_input.c", "threads.c"]
    return compile_program("conformance", *(HERE / source for source in sources))


@pytest.mark.parametrize("implementation", ["kernel", "martlet"])
def test_expectations_are_met(program, implementation):
    result = subprocess.run([program, implementation], capture_output=True, text=True, timeout=90)
    assert result.returncode == 0, result.stdout
    assert " 0 not met" in result.stdout
