"""Writes the reference of the Python SDK as Markdown on stdout, from the signatures and docstrings of its source."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from types import ModuleType

import anabranch
from anabranch import testing

HEAD = """<!-- Generated from the docstrings by npm run docs. Do not edit. -->

# The Python SDK

`pip install anabranch` brings both modules. [Nodes in Python](../python-nodes.md) shows how they are used.
"""


def tree_of(thing: object) -> ast.stmt:
    """The definition of a class or a function."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    return tree


def called(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A signature as it is written, without `self`."""
    above = "".join(f"@{ast.unparse(each)}\n" for each in function.decorator_list)
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    args = ast.unparse(function.args).removeprefix("self, /, *, ").removeprefix("self, /, ").removeprefix("self, ")
    word = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    return f"{above}{word} {function.name}({'' if args == 'self' else args}){returns}"


def members(tree: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """What is public of a class: a line of code, and what is said of it."""
    for at, statement in enumerate(tree.body):
        following = tree.body[at + 1] if at + 1 < len(tree.body) else None
        if isinstance(statement, ast.AnnAssign) and not ast.unparse(statement.target).startswith("_"):
            said = following.value if isinstance(following, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            yield ast.unparse(statement), inspect.cleandoc(text)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.name.startswith("_") and statement.name != "__call__":
                continue
            yield called(statement), ast.get_docstring(statement) or ""


def described(thing: object) -> bool:
    """Whether there is more to be said of it than its name, as there is not of an alias."""
    return inspect.isclass(thing) or inspect.isfunction(thing) or isinstance(thing, int | str)


def entry(name: str, thing: object) -> str:
    """One public name."""
    if not callable(thing):
        return f"### {name}\n\n```python\n{name} = {thing!r}\n```\n"
    tree = tree_of(thing)
    text = ast.get_docstring(tree) or ""
    if not isinstance(tree, ast.ClassDef):
        return f"### {name}\n\n```python\n{called(tree)}\n```\n\n{text}\n"
    bases = ", ".join(ast.unparse(base) for base in tree.bases)
    parts = [
        f"### {name}\n\n```python\nclass {name}{f'({bases})' if bases else ''}\n```\n",
        f"{text}\n" if text else "",
    ]
    for line, said in members(tree):
        parts.append(f"```python\n{line}\n```\n")
        if said:
            parts.append(f"{said}\n")
    return "\n".join(part for part in parts if part)


def section(module: ModuleType, names: list[str]) -> str:
    """The public names of one module; error classes as one table."""
    things = {name: getattr(module, name) for name in names}
    errors = {
        name: thing
        for name, thing in things.items()
        if inspect.isclass(thing)
        and issubclass(thing, anabranch.AnabranchError)
        and thing is not anabranch.AnabranchError
    }
    parts = [f"## {module.__name__}\n\n{inspect.getdoc(module)}\n"]
    parts += [entry(name, thing) for name, thing in things.items() if name not in errors and described(thing)]
    if errors:
        rows = [
            f"| `{name}` | `{thing.code}` | {(inspect.getdoc(thing) or '').splitlines()[0]} |"
            for name, thing in errors.items()
        ]
        parts.append("### Errors\n\n| class | code | |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


sys.stdout.write("\n".join([HEAD, section(anabranch, anabranch.__all__), section(testing, testing.__all__)]))
