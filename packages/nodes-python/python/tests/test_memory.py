"""Memory that is freed stays, where glibc can be told so."""

import os
import platform
import sys
from subprocess import run

import pytest

PROGRAM = """
import numpy
from anabranch._memory import keep_memory
keep_memory()
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
block = numpy.ones(100 << 20, numpy.uint8)
del block
print((resident() - before) >> 20)
"""
NEW_GLIBC = platform.libc_ver()[0] == "glibc" and tuple(map(int, platform.libc_ver()[1].split("."))) >= (2, 35)


@pytest.mark.skipif(not NEW_GLIBC, reason="needs glibc 2.35")
def test_what_is_freed_is_kept_unless_the_environment_says_how_much() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    kept = run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    assert int(kept.stdout) >= 100
    env["MALLOC_TRIM_THRESHOLD_"] = "131072"
    given_back = run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    assert int(given_back.stdout) < 10
