"""The C example, and the calls on stacks that no socket call of POSIX's stands beside."""

import subprocess

import pytest

from conftest import HERE, ROOT


def test_two_stacks_talk_over_frames_by_call(compile_program):
    program = compile_program("two_stacks", ROOT / "Examples" / "TwoStacks" / "two_stacks.c")
    result = subprocess.run([program], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "over a cable of our own\n"


@pytest.mark.parametrize("part", ["settings", "clock", "descriptor", "frames", "destroy"])
def test_a_stack_as_a_c_program_holds_it(compile_program, part):
    program = compile_program("stacks", HERE / "stacks.c")
    result = subprocess.run([program, part], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
