import { fileProcess, type Program } from '../file-process.ts'

/** Its resampler, and the level of the whole by `volumedetect`. */
export const ffmpeg: Program = {
  name: 'ffmpeg',
  args: (path) => ['-hide_banner', '-nostdin', '-i', path, '-af', 'aresample=16000,volumedetect', '-f', 'null', '-'],
  heard(words) {
    return Number(/n_samples: (\d+)/.exec(words)?.[1]) / 16_000
  },
}

export const row = fileProcess('file_ffmpeg', 1, ffmpeg)
