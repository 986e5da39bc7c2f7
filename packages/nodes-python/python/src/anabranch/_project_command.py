"""`python -m anabranch project PLACE`: what a PEP 723 header or a pyproject.toml says, as JSON on stdout."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from ._answer import answer
from ._discover import GROUP
from ._errors import PluginError
from ._registry import API_VERSION

HEADER: Final = re.compile(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""From PEP 723."""
REQUIRED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""The name that a requirement begins with."""


def project(place: str) -> NoReturn:
    """Prints `{"project": {…} or null}` or `{"error": {…}}`, and ends the process."""
    path = Path(place)
    answer(lambda: {"project": _of_folder(path) if path.is_dir() else _of_file(path)})


def _of_file(path: Path) -> dict[str, Any] | None:
    headers = list(HEADER.finditer(path.read_text(encoding="utf-8")))
    if not headers:
        return None
    if len(headers) > 1:
        raise PluginError(f"{path.name} has {len(headers)} script headers", fix="join them into one")
    lines = headers[0]["content"].splitlines()
    text = "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
    header = _parsed(text, f"the script header of {path.name}")
    _check_api(header.get("tool", {}), path.name)
    return _told(header, path.name, modules=[str(path.resolve())], path=[str(path.resolve().parent)])


def _of_folder(folder: Path) -> dict[str, Any]:
    name = f"{folder.name}/pyproject.toml"
    whole = _parsed((folder / "pyproject.toml").read_text(encoding="utf-8"), name)
    table: dict[str, Any] = whole.get("project", {})
    points: dict[str, str] = table.get("entry-points", {}).get(GROUP, {})
    if not points:
        fix = f'add [project.entry-points."{GROUP}"] with a module: nodes = "my_package.nodes"'
        raise PluginError(f"{name} names no nodes", fix=fix)
    _check_api(whole.get("tool", {}), name)
    source = folder.resolve() / "src"
    modules = sorted({point.split(":")[0] for point in points.values()})
    told = _told(table, name, modules=modules, path=[str(source if source.is_dir() else folder.resolve())])
    words = ("name", "version", "license", "license-files", "keywords", "readme")
    return {**told, "package": {word: table[word] for word in words if word in table}}


def _told(table: dict[str, Any], name: str, *, modules: list[str], path: list[str]) -> dict[str, Any]:
    dependencies = table.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(each, str) for each in dependencies):  # pyright: ignore[reportUnknownVariableType]
        raise PluginError(f"{name}: dependencies is no list of requirements", fix='write dependencies = ["numpy>=2"]')
    python = table.get("requires-python")
    missing = [each for each in cast(list[str], dependencies) if not _is_here(each)]
    return {
        "dependencies": dependencies,
        "requires_python": python,
        "modules": modules,
        "path": path,
        "missing": missing,
    }


def _is_here(requirement: str) -> bool:
    """Whether a distribution of that name is installed beside this package, or not for this system; of which version is
    not asked."""
    if ";" in requirement and not _is_for_here(requirement.split(";", 1)[1]):
        return True
    found = REQUIRED.match(requirement)
    if found is None:
        return False
    try:
        distribution(found[0])
    except PackageNotFoundError:
        return False
    return True


def _is_for_here(marker: str) -> bool:
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:
        return True
    try:
        return Marker(marker).evaluate()
    except InvalidMarker:
        return True


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PluginError(f"{name} is no TOML: {error}", fix="see PEP 723 or the packaging guide") from error


def _check_api(tool: dict[str, Any], name: str) -> None:
    said = tool.get("anabranch", {}).get("api-version", API_VERSION)
    if said != API_VERSION:
        fix = f"install a version of it that is written for apiVersion {API_VERSION}"
        raise PluginError(f"{name} has apiVersion {said}, this host needs {API_VERSION}", fix=fix)
