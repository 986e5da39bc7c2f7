"""Writes ../fixtures/audio/hostile-wavs.json: the bytes of ../hostile-wavs.ts and what other programs do with them.

Run after `npm run build`: python judge_hostile_wavs.py   (requirements.txt beside it; `sox` on the PATH).
"""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
import numpy as np
import soundfile

PACKAGE = Path(__file__).parents[2]
OUT = PACKAGE / "test" / "fixtures" / "audio" / "hostile-wavs.json"
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-i"]
EXPECTED = (1000 * (np.arange(20) - 10)).astype("<i2")
GIVE = """import { hostileWavs } from './.build-test/hostile-wavs.js'
console.log(JSON.stringify(hostileWavs.map((w) => ({ ...w, bytes: Buffer.from(w.bytes).toString('hex') }))))"""


def told(found: np.ndarray) -> str:
    """In words: how many frames, and whether they are the right ones."""
    same = len(found) <= len(EXPECTED) and np.array_equal(found, EXPECTED[: len(found)])
    return f"plays {len(found)} frames" if same else f"plays {len(found)} samples, wrong ones"


def by_command(*command: object) -> str:
    """A program that writes 16-bit samples to its output."""
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, timeout=10)
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode != 0 or (not done.stdout and done.stderr):
        return "error"
    return told(np.frombuffer(done.stdout[: len(done.stdout) // 2 * 2], "<i2"))


def by_libsndfile(path: Path) -> str:
    """libsndfile, which also tells what it could not make sense of."""
    try:
        return told(soundfile.read(path, dtype="int16", always_2d=True)[0].reshape(-1))
    except (soundfile.LibsndfileError, ValueError, MemoryError):
        return "error"


def main() -> None:
    """One line for each, in the order of the table."""
    node = ["node", "--input-type=module", "-e", GIVE]
    cases = json.loads(subprocess.run(node, cwd=PACKAGE, check=True, capture_output=True).stdout)
    lines = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.wav"
        for case in cases:
            path.write_bytes(bytes.fromhex(case["bytes"]))
            others = {
                "ffmpeg": by_command(*FFMPEG, path, "-f", "s16le", "-"),
                "sox": by_command("sox", path, "-t", "raw", "-b", 16, "-e", "signed", "-L", "-"),
                "libsndfile": by_libsndfile(path),
            }
            print(f"{case['expect']:6} {case['name']:40} {others}")
            lines.append("  " + json.dumps({**case, "others": others}, ensure_ascii=False))
    OUT.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
