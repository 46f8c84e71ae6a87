"""The kernel's page names functions: each is in the file named beside it."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "Documentation" / "From interrupt to socket.md"


def named() -> list[tuple[str, str]]:
    rows = re.findall(r"\| `([^`|]+/[^`|]+)` \| `(\w+)` \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 30
    return sorted(set(rows))


@pytest.mark.parametrize("file, function", named())
def test_function_is_where_the_page_says(file: str, function: str):
    text = (ROOT / file).read_text("utf-8")
    assert re.search(rf"func {function}\b|^{function}:", text, re.MULTILINE), f"{function} in {file}"
