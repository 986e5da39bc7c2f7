"""Models of Whisper: where one lies, and its loading."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from anabranch import InvalidParamsError, NotAvailableError


class WhisperOptions(NamedTuple):
    """How one is loaded; nodes with the same share it."""

    folder: str
    fill_ms: int
    device: str
    compute_type: str
    threads: int


class WhisperModel:
    """A model that a thread of its own loads: who needs it waits, and all else goes on meanwhile."""

    def __init__(self, options: WhisperOptions) -> None:
        # Before anything else that a starting process imports beside it; the thread tells what goes wrong.
        with suppress(Exception):
            import_module("._filled_whisper", __package__)
        self._loaded: Future[Any] = Future()
        self._loaded.set_running_or_notify_cancel()  # Who gives up waiting does not end it for others.
        Thread(target=self._load, args=[options], name="anabranch-whisper", daemon=True).start()

    async def loaded(self) -> Any:
        """The model of faster-whisper. Raises InvalidParamsError where it cannot be loaded."""
        return await asyncio.wrap_future(self._loaded)

    def _load(self, options: WhisperOptions) -> None:
        try:
            from ._filled_whisper import FilledWhisper

            self._loaded.set_result(
                FilledWhisper(
                    options.folder,
                    options.fill_ms,
                    device=options.device,
                    compute_type=options.compute_type,
                    cpu_threads=options.threads,
                )
            )
        except Exception as error:
            with _knowing:
                _known.pop(options, None)  # The next one tries again.
            told = InvalidParamsError(f"model: {options.folder} cannot be loaded: {error}", issues=[])
            told.__cause__ = error
            self._loaded.set_exception(told)


_known: Final[WeakValueDictionary[WhisperOptions, WhisperModel]] = WeakValueDictionary()
_knowing: Final = Lock()


def load_whisper(options: WhisperOptions) -> WhisperModel:
    """A model, which begins to load; once in a process, as long as a node uses it."""
    with _knowing:
        found = _known.get(options)
        if found is None:
            found = _known[options] = WhisperModel(options)
        return found


def find_whisper(model: str) -> str:
    """The folder of a model: itself, the one in a package (`package:NAME`, its code is not run), or of a name.

    Nothing is fetched. Raises NotAvailableError where there is none.
    """
    if model.startswith("package:"):
        return _of_package(model.removeprefix("package:").replace("-", "_"))
    if not Path(model).is_dir():
        return _of_name(model)
    if (Path(model) / "model.bin").is_file():
        return model
    raise NotAvailableError(f"there is no model.bin in {model}", fix="give the folder of a model for CTranslate2")


def _of_package(name: str) -> str:
    found = find_spec(name) if name.isidentifier() else None
    for folder in (Path(each) for each in (found and found.submodule_search_locations) or ()):
        for file in sorted(folder.glob("**/model.bin")):
            return str(file.parent)
    raise NotAvailableError(f"there is no model in a package {name}", fix=f"install {name}, or give a folder")


def _of_name(name: str) -> str:
    from faster_whisper import utils  # pyright: ignore[reportMissingTypeStubs]

    fetched: Any = utils.download_model  # pyright: ignore[reportUnknownMemberType]
    try:
        return str(fetched(name, local_files_only=True))
    except ValueError as error:  # no name of a model that it knows
        raise InvalidParamsError(f"model: {name}: {error}", issues=[]) from error
    except Exception as error:  # of its hub client: the model is not on this machine
        fix = "give the folder of a converted model, or fetch it once: huggingface_hub.snapshot_download(…)"
        raise NotAvailableError(f"the model {name} is not on this machine: {error}", fix=fix) from error
