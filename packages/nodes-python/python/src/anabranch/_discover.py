"""Finding nodes: in modules, in single files, and in installed packages by the entry-point group `anabranch.nodes`."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

from ._errors import PluginError
from ._registry import Registry

GROUP: Final = "anabranch.nodes"


def load_registry(places: list[str]) -> Registry:
    """The nodes of these modules and files (`my_pkg.nodes`, `./kw.py`); of the installed packages where none is named.

    Raises PluginError for a place that cannot be imported or has no node. An installed package that cannot be imported
    is told only where a node is asked for that nobody offers.
    """
    registry = Registry()
    for place in places:
        _add(registry, place)
    if not places:
        from importlib.metadata import entry_points  # a tenth of the SDK's start

        for name in sorted({point.module for point in entry_points(group=GROUP)}):
            try:
                registry.add_module(imported(name))
            except PluginError as error:
                registry.add_failure(error)
    return registry


def _add(registry: Registry, place: str) -> None:
    before = len(registry)
    registry.add_module(imported(place))
    if len(registry) == before:
        fix = "put a class under @node, or a public class with a method execute(self, inputs), into it"
        raise PluginError(f"{place} has no node", fix=fix)


def imported(place: str) -> ModuleType:
    """The module of a name or of a file. Raises PluginError, also where it ends the process."""
    try:
        return _import_file(Path(place)) if place.endswith(".py") else import_module(place)
    except BaseException as error:
        raise _problem(place, error) from error


def _import_file(path: Path) -> ModuleType:
    name = path.stem
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise PluginError(f"there is no file {path}", fix="check the path")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _problem(place: str, error: BaseException) -> PluginError:
    if isinstance(error, PluginError):
        return error
    if isinstance(error, SystemExit):
        fix = 'it only defines nodes: put what a script does under `if __name__ == "__main__":`'
        return PluginError(f"{place} ended the process when it was imported ({error.code})", fix=fix)
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        return _missing(place, error.name)
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    return PluginError(f"{place} cannot be imported: {what}{_where(error)}", fix="import it alone to see where")


def _missing(place: str, name: str) -> PluginError:
    if name == place or place.startswith(f"{name}."):
        fix = "check its name; it is looked for in the pipeline's folder and among the installed packages"
        return PluginError(f"there is no module {place}: No module named {name!r}", fix=fix)
    fix = f"install what brings {name}, or name it in the dependencies of the plugin"
    return PluginError(f"{place} cannot be imported: it needs the module {name}, which is not installed", fix=fix)


def _where(error: BaseException) -> str:
    """The last place in a file of its own, as ` (kw.py:3)`."""
    trace = error.__traceback__
    found = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.suffix == ".py" and "importlib" not in path.parts and path.parent != Path(__file__).parent:
            found = f" ({path.name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found
