import pytest

import qemu


@pytest.fixture(scope="session", autouse=True)
def image():
    qemu.build()
