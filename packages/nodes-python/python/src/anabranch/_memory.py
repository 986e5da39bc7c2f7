"""Memory that a worker frees stays with it."""

import os
from ctypes import CDLL
from typing import Final

_KEPT: Final = 1 << 30
"""Bytes: larger blocks, and more than this at the end of the heap, go back to the system."""
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
"""Of malloc.h in glibc."""


def keep_memory() -> None:
    """Lets glibc keep what a model frees after each layer, for the next.

    Otherwise the system hands it out again page by page, filled with zeros: an eighth of what Whisper takes. Where the
    environment says how (MALLOC_…), or glibc takes no threshold so large (before 2.35), or it is not glibc, all stays.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    mallopt = getattr(CDLL(None), "mallopt", None)
    if mallopt is not None and mallopt(_M_MMAP_THRESHOLD, _KEPT):
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
