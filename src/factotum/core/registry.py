"""Plug-ins by key: one file each, found in a folder of ours or by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

T = TypeVar("T")

_offered = cache(entry_points)  # it opens a file of every distribution there is


class Registry(Mapping[str, type[T]]):
    """Plug-in classes under permanent keys.

    A key stands in stored data and in published packages, so its meaning never changes and no two
    plug-ins may share it.

    >>> actions: Registry[object] = Registry("action")
    >>> @actions.add("core.va.action.http_request")
    ... class HttpRequest: ...
    >>> actions["core.va.action.http_request"].__name__
    'HttpRequest'
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._classes: dict[str, type[T]] = {}

    def add(self, *keys: str) -> Callable[[type[T]], type[T]]:
        """Register the decorated class under these keys; raises ValueError for a key in use."""

        def register(plugin: type[T]) -> type[T]:
            for key in keys:
                taken = self._classes.get(key)
                if taken is not None:
                    raise ValueError(
                        f"{self.kind} {key!r} is already {taken.__module__}.{taken.__qualname__}; "
                        "a key never changes its meaning, choose another one"
                    )
                self._classes[key] = plugin
            return plugin

        return register

    def find_in(self, package: str) -> None:
        """Import every module of a package of ours, so that its plug-ins register themselves."""
        root = importlib.import_module(package)
        for module in pkgutil.iter_modules(root.__path__, f"{package}."):
            importlib.import_module(module.name)

    def find_entry_points(self, group: str) -> None:
        """Import what installed distributions offer under this entry point group."""
        for entry in _offered().select(group=group):
            entry.load()

    def find(self, key: str) -> type[T] | None:
        """The class under a key, or None."""
        return self._classes.get(key)

    def __getitem__(self, key: str) -> type[T]:
        return self._classes[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)
