"""Exceptions as error packets: a code, a text, and for a node's own exception the traceback."""

import asyncio
import traceback
from typing import Any

from ._errors import AnabranchError, CancelledError, PythonError

TRACEBACK_CHARACTERS = 32_768


def failure_values(error: BaseException) -> dict[str, Any]:
    """The values of an error packet."""
    coded = _coded(error)
    return {
        "code": coded.code,
        "message": coded.message,
        "retryable": coded.retryable,
        "fix": coded.fix,
        "fields": coded.fields,
    }


def _coded(error: BaseException) -> AnabranchError:
    if isinstance(error, AnabranchError):
        return error
    if isinstance(error, asyncio.CancelledError):
        return CancelledError("the node's work was cancelled")
    text = "".join(traceback.format_exception(error))[-TRACEBACK_CHARACTERS:]
    what = traceback.format_exception_only(error)[-1].strip()
    return PythonError(what, traceback=text)
