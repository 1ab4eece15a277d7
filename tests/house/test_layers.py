"""Each package imports only what the table of layers allows, and the engine stays pure."""

from pathlib import PurePosixPath

import pytest

from tests.complaints import assert_none
from tests.house import layers
from tests.house.complaints import Rule, complaints_of
from tests.house.source import Source, python_files

# Events and releases are data; all they do besides is read their own declarations.
ENGINE_FOLDERS = ("necp_replay/abi", "necp_replay/kernel")


def test_packages_import_only_from_layers_below() -> None:
    assert_none(complaints_of(layers.complaints_about_layers, "necp_replay"))


def test_the_table_of_layers_names_no_import_that_is_not_there() -> None:
    imported = layers.packages_imported(python_files("necp_replay"))
    unneeded = {
        package: sorted(allowed - imported[package])
        for package, allowed in layers.LAYERS.items()
        if allowed - imported[package]
    }
    assert unneeded == {}, "remove these from LAYERS"


def test_no_packages_import_each_other_in_a_circle() -> None:
    graph = layers.packages_imported(python_files("necp_replay"))
    assert layers.circle_in(graph) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = layers.files_imported(python_files("necp_replay"))
    assert layers.circle_in(graph) == []


def test_libraries_are_imported_only_where_they_belong() -> None:
    assert_none(complaints_of(layers.complaints_about_libraries, "necp_replay"))


def test_data_classes_outside_the_engine_are_made_quickly() -> None:
    packages = sorted({each.package for each in python_files("necp_replay")} - {"kernel"})
    folders = [f"necp_replay/{each}" for each in packages if each not in ("", *layers.FOR_ANYONE)]
    assert_none(complaints_of(layers.complaints_about_data_classes, *folders))


def test_the_engine_knows_nothing_but_its_inputs() -> None:
    assert_none(complaints_of(layers.complaints_about_purity, *ENGINE_FOLDERS))


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (layers.complaints_about_layers, "kernel/a.py", "import necp_replay.trace"),
        (layers.complaints_about_layers, "kernel/a.py", "from necp_replay.trace.pb import x"),
        (layers.complaints_about_layers, "kernel/a.py", "from necp_replay import replay"),
        (layers.complaints_about_layers, "kernel/flows/a.py", "from ...trace import reader"),
        (layers.complaints_about_layers, "kernel/a.py", "def f():\n    import necp_replay.cli"),
        (layers.complaints_about_layers, "abi/a.py", "from necp_replay.events import clock"),
        (layers.complaints_about_layers, "errors.py", "import necp_replay.abi"),
        (layers.complaints_about_layers, "__init__.py", "import sys"),
        (layers.complaints_about_layers, "unheard_of/a.py", ""),
        (layers.complaints_about_libraries, "replay/a.py", "import lz4.frame"),
        (layers.complaints_about_libraries, "kernel/a.py", "from google.protobuf import x"),
        (layers.complaints_about_libraries, "cli/a.py", "import undeclared"),
        (layers.complaints_about_data_classes, "abi/a.py", "from dataclasses import dataclass"),
        (layers.complaints_about_data_classes, "abi/a.py", "x = dataclasses.dataclass"),
        (layers.complaints_about_purity, "kernel/a.py", "import time"),
        (layers.complaints_about_purity, "kernel/a.py", "from os.path import join"),
        (layers.complaints_about_purity, "kernel/a.py", "open('x')"),
    ],
)
def test_a_breach_of_the_layers_is_found(rule: Rule, path: str, code: str) -> None:
    assert len(list(rule(_source(path, code)))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (layers.complaints_about_layers, "kernel/a.py", "from necp_replay.abi import client"),
        (layers.complaints_about_layers, "kernel/a.py", "from necp_replay.errors import E"),
        (layers.complaints_about_layers, "kernel/flows/a.py", "from ..objects import flow"),
        (layers.complaints_about_layers, "trace/a.py", "from necp_replay import __version__"),
        (layers.complaints_about_libraries, "trace/a.py", "import lz4.frame, struct"),
        (layers.complaints_about_data_classes, "abi/a.py", "from dataclasses import field"),
        (layers.complaints_about_purity, "kernel/a.py", "import ipaddress, struct, hashlib"),
    ],
)
def test_what_the_layers_allow_is_let_through(rule: Rule, path: str, code: str) -> None:
    assert list(rule(_source(path, code))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import necp_replay.abi.b",
        "from necp_replay.abi.b import name",
        "from necp_replay.abi import b",
        "from . import b",
        "from .b import name",
        "def f():\n    import necp_replay.abi.b",
        "if TYPE_CHECKING:\n    from necp_replay.abi.b import name",
    ],
)
def test_a_circle_of_files_is_found(code: str) -> None:
    back = _source("abi/b.py", "from necp_replay.abi.a import other")
    graph = layers.files_imported([_source("abi/a.py", code), back])
    circle = layers.circle_in(graph)
    assert set(circle) == {"necp_replay/abi/a.py", "necp_replay/abi/b.py"}


def test_a_package_that_imports_its_own_file_is_a_circle_when_that_imports_it() -> None:
    package = _source("abi/__init__.py", "from necp_replay.abi.a import name")
    file = _source("abi/a.py", "from necp_replay.abi import other")
    assert layers.circle_in(layers.files_imported([package, file])) != []


def test_files_in_layers_are_no_circle() -> None:
    sources = [
        _source("abi/a.py", "import necp_replay.abi.b\nimport necp_replay.abi.c"),
        _source("abi/b.py", "from necp_replay.abi.c import name"),
        _source("abi/c.py", "import struct"),
    ]
    assert layers.circle_in(layers.files_imported(sources)) == []


def _source(path: str, code: str) -> Source:
    return Source(PurePosixPath("necp_replay") / path, code)
