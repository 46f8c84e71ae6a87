"""martlet kernel: what it refuses before it starts anything."""


def test_an_image_that_is_not_there_is_named(martlet, tmp_path):
    for words in (["run"], ["iso", str(tmp_path / "martlet.iso")]):
        result = martlet("kernel", *words, "--image", str(tmp_path / "none"))
        assert result.returncode == 66
        assert f"{tmp_path}/none: not there" in result.stderr
        assert "swift build --package-path Kernel" in result.stderr


def test_wrong_options_are_told(martlet):
    assert martlet("kernel", "run", "--memory", "8").returncode == 64
    result = martlet("kernel", "run", "--card", "rtl8139,mac=1")
    assert result.returncode == 64 and "comma" in result.stderr
    result = martlet("kernel", "iso", "a.iso", "one two")
    assert result.returncode == 64 and "space" in result.stderr
