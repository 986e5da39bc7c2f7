"""Modules that are imported when something of them is used."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec


def put_off(name: str) -> None:
    """Lets `import name` give a module that is read when it is first asked for something.

    For what a library imports and we never use of it. Nothing happens where it is imported already, or not there.
    """
    if name in sys.modules or (spec := find_spec(name)) is None or spec.loader is None:
        return
    loader = spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(module)
