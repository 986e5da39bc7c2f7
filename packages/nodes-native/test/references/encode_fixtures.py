"""Writes ../fixtures/audio: the same samples in every container, by encoders that are not ours, and fixtures.json.

Run: python encode_fixtures.py   (requirements.txt beside it; `sox`, `flac`, `lame` and `oggenc` on the PATH). Every
lossless file is decoded again, by ffmpeg and all but m4a by libsndfile, and must give the formula's samples exactly.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
import numpy as np
import soundfile

from fixture_signal import RATE, as_bytes, as_f32, exact, exact_float, tones

OUT = Path(__file__).parent.parent / "fixtures" / "audio"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
QUIET = [FFMPEG, "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
PLAIN = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
PCM, PACKED, LOSSY = 1111, 11025, 22050
FORMATS = {"u8": "u8", "s16": "s16le", "s24": "s24le", "s32": "s32le", "f32": "f32le", "f64": "f64le"}


def run(*command: object) -> bytes:
    """Its output; an exception where it fails."""
    return subprocess.run([str(c) for c in command], check=True, capture_output=True).stdout


def first_line(*command: str) -> str:
    """What a command says of its version."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[0].split("Copyright")[0].split("(http")[0].strip()


def raw_input(kind: str, path: Path, channels: int = 2) -> list[object]:
    """How ffmpeg is told of headerless samples."""
    return ["-f", FORMATS[kind], "-ar", RATE, "-ac", channels, "-i", path]


def samples_of(kind: str, frames: int) -> np.ndarray:
    """The formula's samples for one kind of PCM."""
    bits = {"u8": 8, "s16": 16, "s24": 24, "s32": 32}.get(kind)
    return exact(frames, bits) if bits else exact_float(frames)


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def snr(samples: np.ndarray) -> float:
    """In dB against what was encoded, at the same frame numbers, without 2048 frames at either end."""
    n = min(len(samples), LOSSY)
    wanted, got = (x[2048 : n - 2048] for x in (tones(n), samples))
    return round(float(10 * np.log10(np.mean(wanted**2) / np.mean((got - wanted) ** 2))), 1)


class Fixtures:
    """The list that becomes fixtures.json."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[dict[str, object]] = []
        self.versions = {
            "ffmpeg": first_line(FFMPEG, "-version"),
            "sox": "SoX " + first_line("sox", "--version").split("SoX ")[-1],
            "flac": first_line("flac", "--version"),
            "lame": first_line("lame", "--version"),
            "oggenc": first_line("oggenc", "--version"),
            "libsndfile": f"{soundfile.__libsndfile_version__} by soundfile {soundfile.__version__}",
        }

    def raw(self, kind: str, samples: np.ndarray) -> Path:
        """The samples without a header."""
        path = self.folder / f"{kind}-{len(samples)}.raw"
        path.write_bytes(as_bytes(samples, kind))
        return path

    def lossless(self, name: str, encoder: str, kind: str, samples: np.ndarray, note: str) -> None:
        """Checks the file by two decoders and lists it."""
        path, pcm = OUT / name, as_bytes(samples, kind)
        codec = "pcm_" + FORMATS[kind]
        if run(*QUIET, "-i", path, "-f", FORMATS[kind], "-c:a", codec, "-") != pcm:
            sys.exit(f"ffmpeg reads other samples from {name}")
        if path.suffix != ".m4a":
            dtype = {"f32": "float32", "f64": "float64"}.get(kind, "int32")
            read, rate = soundfile.read(path, dtype=dtype, always_2d=True)
            shift = {"u8": 24, "s16": 16, "s24": 8}.get(kind, 0)
            wanted = samples.astype(dtype) << shift if dtype == "int32" else samples.astype(dtype)
            if rate != RATE or not np.array_equal(read, wanted):
                sys.exit(f"libsndfile reads other samples from {name}")
        about = {"channels": samples.shape[1], "lossless": True, "signal": "exact", "pcm": kind}
        hashes = {"pcm_sha256": sha256(pcm), "f32_sha256": sha256(as_f32(samples, kind))}
        self.add(name, encoder, len(samples), note, **about, **hashes)

    def lossy(self, name: str, encoder: str, note: str) -> None:
        """Decodes it by other programs and lists how long it is and how near to what was encoded."""
        read = {"ffmpeg": np.frombuffer(run(*QUIET, "-i", OUT / name, "-f", "f32le", "-"), "<f4").reshape(-1, 2)}
        if not name.endswith(".m4a"):
            read["libsndfile"], _ = soundfile.read(OUT / name, dtype="float32", always_2d=True)
        decoded = {by: {"frames": len(samples), "snr_db": snr(samples)} for by, samples in read.items()}
        self.add(name, encoder, LOSSY, note, channels=2, lossless=False, signal="tones", decoded=decoded)

    def add(self, name: str, encoder: str, frames: int, note: str, **more: object) -> None:
        """One line of the manifest."""
        head = {"file": name, "bytes": (OUT / name).stat().st_size, "encoder": encoder, "rate": RATE, "frames": frames}
        self.entries.append({**head, **more, "note": note})

    def write(self) -> None:
        """fixtures.json, a line for each file."""
        lines = ",\n".join("    " + json.dumps(entry, ensure_ascii=False) for entry in self.entries)
        text = f'{{\n  "versions": {json.dumps(self.versions)},\n  "fixtures": [\n{lines}\n  ]\n}}\n'
        (OUT / "fixtures.json").write_text(text)


def write_wavs(f: Fixtures) -> None:
    """Uncompressed, 1111 frames."""
    for kind, bits in (("u8", 8), ("s16", 16), ("s32", 32)):
        samples, name = samples_of(kind, PCM), f"wav-{kind}.wav"
        encoding = "unsigned-integer" if kind == "u8" else "signed-integer"
        raw = ["-t", "raw", "-r", RATE, "-c", 2, "-b", bits, "-e", encoding, "-L", f.raw(kind, samples)]
        run("sox", "-D", *raw, "-t", "wavpcm", "-b", bits, OUT / name)
        f.lossless(name, "sox", kind, samples, "plain fmt chunk, format tag 1")
    samples = samples_of("s24", PCM)
    soundfile.write(OUT / "wav-s24.wav", samples.astype(np.int32) << 8, RATE, subtype="PCM_24", format="WAV")
    f.lossless("wav-s24.wav", "libsndfile", "s24", samples, "plain fmt chunk, format tag 1")
    for kind in ("f32", "f64"):
        samples, name = samples_of(kind, PCM), f"wav-{kind}.wav"
        run(*QUIET, *raw_input(kind, f.raw(kind, samples)), *PLAIN, "-c:a", f"pcm_{kind}le", OUT / name)
        f.lossless(name, "ffmpeg", kind, samples, "format tag 3")
    samples = samples_of("s24", PCM)
    run(*QUIET, *raw_input("s24", f.raw("s24", samples)), *PLAIN, "-c:a", "pcm_s24le", OUT / "wav-s24-extensible.wav")
    f.lossless("wav-s24-extensible.wav", "ffmpeg", "s24", samples, "WAVE_FORMAT_EXTENSIBLE, format tag 0xFFFE")
    samples = samples_of("s16", PCM)
    title = ["-metadata", "title=A list before the data"]
    run(*QUIET, *raw_input("s16", f.raw("s16", samples)), *PLAIN, *title, "-c:a", "pcm_s16le", OUT / "wav-s16-list.wav")
    f.lossless("wav-s16-list.wav", "ffmpeg", "s16", samples, "a LIST INFO chunk before data")
    plain = (OUT / "wav-s16.wav").read_bytes()
    odd = b"junk" + (7).to_bytes(4, "little") + b"1234567" + b"\0"
    size = (len(plain) - 8 + len(odd)).to_bytes(4, "little")
    (OUT / "wav-s16-odd-chunk.wav").write_bytes(b"RIFF" + size + b"WAVE" + odd + plain[12:])
    f.lossless("wav-s16-odd-chunk.wav", "sox", "s16", samples, "wav-s16.wav, before fmt a chunk of 7 bytes and a pad")
    mono = samples_of("u8", PCM)[:, :1]
    soundfile.write(OUT / "wav-u8-mono.wav", mono.astype(np.int32) << 24, RATE, subtype="PCM_U8", format="WAV")
    f.lossless("wav-u8-mono.wav", "libsndfile", "u8", mono, "left only: 1111 bytes of data, then a pad byte")


def write_packed(f: Fixtures) -> None:
    """Packed without loss, 11025 frames."""
    for kind, bits in (("s16", 16), ("s24", 24)):
        samples, name = samples_of(kind, PACKED), f"flac-{kind}.flac"
        raw = ["--force-raw-format", "--endian=little", "--sign=signed", "--channels=2", f"--bps={bits}"]
        run("flac", "-s", "-f", "-8", *raw, f"--sample-rate={RATE}", "-o", OUT / name, f.raw(kind, samples))
        f.lossless(name, "flac", kind, samples, "flac -8")
    samples = samples_of("s16", PACKED)
    run(*QUIET, *raw_input("s16", f.raw("s16", samples)), *PLAIN, "-c:a", "alac", OUT / "alac-s16.m4a")
    f.lossless("alac-s16.m4a", "ffmpeg", "s16", samples, "Apple Lossless; moov at the end of the file")


def write_lossy(f: Fixtures) -> None:
    """Packed with loss, 22050 frames."""
    whole = np.rint(tones(LOSSY) * 32767).astype(np.int64)
    raw = f.raw("s16", whole)
    for name, options in (("mp3-cbr.mp3", ["--cbr", "-b", "96"]), ("mp3-vbr.mp3", ["-V", "5"])):
        told = ["-r", "-s", "44.1", "--bitwidth", "16", "--signed", "--little-endian", "-m", "j", "--resample", "44.1"]
        run("lame", "--quiet", *told, *options, raw, OUT / name)
        f.lossy(name, "lame", " ".join(["lame", *options]))
    given = raw_input("s16", raw)
    run("oggenc", "-Q", "-r", "-B", 16, "-C", 2, "-R", RATE, "-s", 1, "-q", 3, "-o", OUT / "vorbis.ogg", raw)
    f.lossy("vorbis.ogg", "oggenc", "oggenc -q 3")
    run(*QUIET, *given, *PLAIN, "-c:a", "aac", "-b:a", "96k", OUT / "aac.m4a")
    f.lossy("aac.m4a", "ffmpeg", "ffmpeg's aac (LC), 96 kbit/s; moov at the end of the file")
    run(*QUIET, *given, *PLAIN, "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", OUT / "aac-faststart.m4a")
    f.lossy("aac-faststart.m4a", "ffmpeg", "the same with moov before the data")


def main() -> None:
    """All of them, anew."""
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        f = Fixtures(Path(folder))
        write_wavs(f)
        write_packed(f)
        write_lossy(f)
        f.write()
    print((OUT / "fixtures.json").read_text(), sum(p.stat().st_size for p in OUT.iterdir()), "bytes")


if __name__ == "__main__":
    main()
