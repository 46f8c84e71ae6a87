"""The documents say what is so: links lead somewhere, tables match the code."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.splitlines()
PAGES = [page for page in TRACKED if page.endswith(".md") and ".docc/" not in page]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def table(page: str, first_column: str) -> list[dict[str, str]]:
    """The rows of the page's table whose first column has that title."""
    lines = read(page).splitlines()
    for number, line in enumerate(lines):
        titles = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and titles[0] == first_column:
            rows = []
            for row in lines[number + 2:]:
                if not row.startswith("|"):
                    break
                cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
                rows.append(dict(zip(titles, cells, strict=True)))
            return rows
    raise AssertionError(f"{page} has no table that begins with '{first_column}'")


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_somewhere(page: str):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path = (ROOT / page).parent / target.replace("%20", " ")
        assert path.exists(), f"{page} links to {target}, which is not there"


@pytest.mark.parametrize("page", PAGES)
def test_files_named_in_code_font_exist(page: str):
    """A Swift file that a page names, with or without its folder, is in the tree."""
    names = {pathlib.PurePosixPath(path).name for path in TRACKED}
    for name in re.findall(r"`([\w+/ .-]+\.swift)`", read(page)):
        if page == "CONTRIBUTING.md" or re.search(r"[A-Z]\w*\+(Aspect|Subject)|^Type", name):
            continue
        assert pathlib.PurePosixPath(name).name in names, f"{page} names {name}"


def imports(module: str) -> set[str]:
    found = set()
    for path in TRACKED:
        if path.startswith(f"Sources/{module}/") and path.endswith(".swift"):
            found |= set(re.findall(r"^(?:\w+ )?import (Martlet\w+)", read(path), re.MULTILINE))
    return found


def modules() -> list[str]:
    return sorted(
        {path.split("/")[1] for path in TRACKED if re.match(r"Sources/Martlet\w+/.*\.swift", path)}
    )


def test_every_module_stands_in_the_architecture():
    rows = {row["module"].strip("`") for row in table("Documentation/Architecture.md", "module")}
    assert rows == set(modules())


@pytest.mark.parametrize("module", modules())
def test_arrows_point_as_the_architecture_says(module: str):
    row = next(
        row
        for row in table("Documentation/Architecture.md", "module")
        if row["module"] == f"`{module}`"
    )
    allowed = {f"Martlet{name.strip()}" for name in row["may import"].split(",") if name.strip()}
    assert imports(module) <= allowed


def test_portable_modules_are_built_as_embedded_swift():
    portable = {
        row["module"].strip("`")
        for row in table("Documentation/Architecture.md", "module")
        if row["portable"] == "yes"
    }
    built = re.search(r"^portable=\(([^)]*)\)", read("test"), re.MULTILINE)
    assert built and set(built.group(1).split()) == portable


@pytest.mark.parametrize("module", modules())
def test_a_portable_module_knows_no_platform(module: str):
    row = next(
        row
        for row in table("Documentation/Architecture.md", "module")
        if row["module"] == f"`{module}`"
    )
    if row["portable"] != "yes":
        return
    for path in TRACKED:
        if not (path.startswith(f"Sources/{module}/") and path.endswith(".swift")):
            continue
        text = read(path)
        assert not re.search(r"import (Foundation|Glibc|Musl|Dispatch|Darwin)\b", text), path
        assert not re.search(r"#if (os|canImport)\(", text), path
        assert not re.search(r"\b(Double|Float)\b(?! in)", re.sub(r"//.*", "", text)), path


def names_of_tests() -> set[str]:
    """Every suite, every Python test file and every part of ./test."""
    names = set()
    for path in TRACKED:
        if re.match(r"(Tests|Kernel|Fuzz)/.*\.swift$", path):
            names |= set(re.findall(r"(?:struct|class|actor|enum) (\w+Tests)\b", read(path)))
        if re.match(r"Tests/.*test_\w+\.py$", path):
            names.add(pathlib.PurePosixPath(path).stem)
    parts = re.search(r"^parts=\(([^)]*)\)", read("test"), re.MULTILINE)
    assert parts
    return names | {f"./test {part}" for part in parts.group(1).split()}


def test_the_status_table_names_tests_that_exist():
    known = names_of_tests()
    for row in table("README.md", "part"):
        shown = re.findall(r"`([^`]+)`", row["shown by"])
        assert shown, f"README: '{row['part']}' is shown by nothing"
        for name in shown:
            assert name in known, f"README: '{row['part']}' names {name}, which is no test"


def test_the_table_of_tcp_names_files_and_suites_that_exist():
    known = names_of_tests()
    folder = "Sources/MartletStack/Transport/TCP/"
    for row in table("Documentation/TCP.md", "RFC"):
        what = f"TCP.md, RFC {row['RFC']}, {row['what']}"
        for name in re.findall(r"`([^`]+)`", row["where"]):
            assert folder + name in TRACKED, f"{what}: {name} is not there"
            mention = re.search(rf"RFC[^.\n]*\b{row['RFC']}\b", read(folder + name))
            assert mention, f"{what}: {name} does not name the RFC"
        suites = re.findall(r"`([^`]+)`", row["shown by"])
        assert suites, f"{what}: shown by nothing"
        for name in suites:
            assert name in known, f"{what}: {name} is no test"


def test_the_example_of_the_stack_is_compiled():
    page = read("Sources/MartletStack/MartletStack.docc/MartletStack.md")
    example = re.search(r"```swift\n(.*?)```", page, re.DOTALL)
    assert example
    compiled = {line.strip() for line in read("Tests/SimulationTests/ExampleTests.swift").splitlines()}
    for line in example.group(1).splitlines():
        if "print(" not in line:
            assert not line.strip() or line.strip() in compiled, line


@pytest.mark.parametrize(
    "product", re.findall(r'\.library\(name: "(Martlet\w+)"', read("Package.swift"))
)
def test_a_product_has_a_catalog_with_an_example(product: str):
    page = f"Sources/{product}/{product}.docc/{product}.md"
    assert page in TRACKED, f"{product} has no {page}"
    text = read(page)
    assert "```swift" in text and "## Topics" in text, f"{page} lacks an example or topics"
