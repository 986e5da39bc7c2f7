"""The pytest plugin: it comes with the package, by the entry-point group `pytest11`."""

import pytest

from .testing import OpenNodes
from .testing import open_node as opened


@pytest.fixture(name="open_node")
def open_node() -> OpenNodes:
    """Opens a node as a worker does, without NATS: `async with open_node(GainNode, db=6) as gain:`."""
    return opened
