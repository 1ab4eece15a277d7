"""The rules about where tests are: in the folder that mirrors the package they test."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

# Folders of tests that mirror no package, and what is tested there.
OTHER_FOLDERS = {
    "browser": "the HTML report in a browser",
    "docs": "examples and transcripts in docs/",
    "fuzz": "the fuzzing targets",
    "house": "rules about all code",
    "schemas": "the scripts in schemas/",
}

# Packages without a folder of tests, and why.
WITHOUT_TESTS = {
    "releases/facts": "declarations that tests/releases and the engine's tests read",
    "trace/pb": "generated code",
}


def complaints_about_places(
    modules: Iterable[PurePosixPath], tests: Iterable[PurePosixPath]
) -> Iterator[str]:
    """Find tests in a wrong place, and packages without tests.

    Both are Python files: ``modules`` counted from ``necp_replay``, ``tests`` from ``tests``.
    """
    sources = set(modules)
    names = {path.stem for path in sources if path.parent.parts}
    packages = {path.parent for path in sources if path.name != "__init__.py"}
    tested = set()
    for test in sorted(tests):
        if not test.name.startswith("test_"):
            continue
        folder, name = test.parent, test.stem.removeprefix("test_")
        tested.add(folder)
        if folder.parts and folder.parts[0] in OTHER_FOLDERS:
            continue
        if folder not in packages:
            yield f"tests/{test}: necp_replay/{folder} is no package"
        # A package may have the name, too: tests/trace/test_formats.py.
        is_of_the_package = {folder / f"{name}.py", folder / name / "__init__.py"} & sources
        if name in names and folder.parts and not is_of_the_package:
            yield f"tests/{test}: {name} is the name of a module of another package"
    for package in sorted(packages - tested):
        if str(package) not in WITHOUT_TESTS:
            yield f"necp_replay/{package}: tests/{package} has no tests"


def complaints_about_exceptions(
    modules: Iterable[PurePosixPath], tests: Iterable[PurePosixPath]
) -> Iterator[str]:
    """Find exceptions that are no longer needed."""
    packages = {str(path.parent) for path in modules}
    folders = {str(path.parent) for path in tests if path.name.startswith("test_")}
    for folder in sorted(OTHER_FOLDERS.keys() - folders):
        yield f"OTHER_FOLDERS: tests/{folder} has no tests"
    for package in sorted(WITHOUT_TESTS):
        if package not in packages or package in folders:
            yield f"WITHOUT_TESTS: {package} is no package without tests"
