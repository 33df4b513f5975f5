"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import protocol
import pytest


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.iter_modules(protocol.__path__)]
)
def test_every_example_in_a_docstring_is_true(name):
    module = importlib.import_module(f"protocol.{name}")
    assert doctest.testmod(module).failed == 0
