"""Running `martlet sha256` beside `sha256sum`."""

import os
import subprocess

MARTLET = os.environ["MARTLET_BINARY"]


def run(folder, command, **options):
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, **options)


def same(folder, *arguments, **options):
    """Asserts that both programs say and return the same; returns what they said."""
    theirs = run(folder, ["sha256sum", *arguments], **options)
    ours = run(folder, [MARTLET, "sha256", *arguments], **options)
    compare(ours, theirs)
    return ours


def same_in_shell(folder, script, **options):
    """The same for a script, in which `"$@"` is the program."""
    theirs = run(folder, ["sh", "-c", script, "sh", "sha256sum"], **options)
    ours = run(folder, ["sh", "-c", script, "sh", MARTLET, "sha256"], **options)
    compare(ours, theirs)
    return ours


def compare(ours, theirs):
    said = ours.stderr.replace(b"martlet sha256", b"sha256sum")
    assert ours.stdout == theirs.stdout, (ours.stdout, theirs.stdout)
    assert said == theirs.stderr, (said, theirs.stderr)
    assert ours.returncode == theirs.returncode, (ours.returncode, theirs.returncode)
