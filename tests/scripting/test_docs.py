from __future__ import annotations

import doctest
import importlib
import pkgutil

import factotum.scripting


def test_the_worked_examples_in_the_docstrings_work() -> None:
    for module in pkgutil.walk_packages(factotum.scripting.__path__, "factotum.scripting."):
        assert doctest.testmod(importlib.import_module(module.name)).failed == 0, module.name
