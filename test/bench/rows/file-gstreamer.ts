import { fileProcess, type Program } from '../file-process.ts'

/** Its resampler, and a level for every 100 ms, as LevelNode gives. */
export const gstreamer: Program = {
  name: 'gst-launch-1.0',
  args: (path) => [
    ...['-m', 'filesrc', `location=${path}`, '!', 'wavparse', '!', 'audioconvert', '!', 'audioresample', '!'],
    ...['audio/x-raw,rate=16000', '!', 'level', '!', 'fakesink'],
  ],
  heard(words) {
    return [...words.matchAll(/\blevel, /g)].length / 10
  },
}

export const row = fileProcess('file_gstreamer', 1, gstreamer)
