"""House files: a wrong one names line, key, what was expected and the nearest known name."""

import pytest

GOOD = """\
name: test
network: 10.5.0.0/24
nodes:
  - { name: web, kind: web, address: 10.5.0.10 }
  - { name: echo, kind: services, address: 10.5.0.20 }
"""


def write(folder, text):
    path = folder / "house.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nodez: []\n", [":1:", "nodez", "did you mean 'nodes'"]),
        ("name: a\n", ["has no 'nodes'"]),
        (GOOD.replace("kind: web", "kind: webb"), [":4:", "kind", "webb", "'web'"]),
        (GOOD.replace("10.5.0.20", "10.5.0.10"), [":5:", "10.5.0.10", "taken"]),
        (GOOD.replace("10.5.0.20", "10.6.0.20"), [":5:", "10.6.0.20", "10.5.0.0/24"]),
        (GOOD.replace("10.5.0.0/24", "10.5.0.0/99"), [":2:", "10.5.0.0/99"]),
        (GOOD + "forwards:\n  - { node: wbe, port: 80 }\n", [":7:", "wbe", "'web'"]),
        (GOOD + "forwards:\n  - { node: web, port: 99999 }\n", [":7:", "99999", "65535"]),
        (GOOD + "\tx: 1\n", [":6:", "YAML"]),
        ("", ["is empty"]),
        ("[1, 2", ["YAML"]),
        (b"\xff\xfe\x00", ["UTF-8"]),
        ("a: &a [*a]\n", []),
        ("a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n" * 3, []),
        ("[" * 20_000, []),
        ("#" * 2_000_000, ["longer than"]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_wrong_file_is_explained(martlet, tmp_path, text, words):
    path = write(tmp_path, text)
    result = martlet("up", path)
    assert result.returncode == 65, result.stderr
    assert result.stderr.startswith(f"martlet: {path}")
    for word in words:
        assert word in result.stderr


def test_file_that_is_not_there(martlet, tmp_path):
    result = martlet("up", tmp_path / "none.yaml")
    assert result.returncode == 66
    assert "none.yaml" in result.stderr


def test_folder_is_no_house_file(martlet, tmp_path):
    assert martlet("up", tmp_path).returncode == 66


def test_port_without_forward(martlet, tmp_path):
    result = martlet("up", write(tmp_path, GOOD), "--port", "9000")
    assert result.returncode == 64
    assert "forwards" in result.stderr
