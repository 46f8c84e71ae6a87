"""The C library as CLibrary/install has put it, and programs built against it."""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
PREFIX = pathlib.Path(os.environ.get("MARTLET_C_LIBRARY", ROOT / ".build" / "c-library"))


@pytest.fixture(scope="session")
def compile_program(tmp_path_factory):
    """Builds C files into a program as pkg-config says, and returns its path."""
    folder = tmp_path_factory.mktemp("programs")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(PREFIX / "lib" / "pkgconfig")}

    def compile_program(name, *sources, options=()):
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "martlet"],
            env=environment, check=True, capture_output=True, text=True,
        ).stdout.split()
        program = folder / name
        subprocess.run(
            ["gcc", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull", *options,
             *map(str, sources), "-o", str(program), *flags, "-lpthread",
             f"-Wl,-rpath,{PREFIX / 'lib'}"],
            check=True,
        )
        return program

    return compile_program
