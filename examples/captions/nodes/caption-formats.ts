import type { HeardCaption } from './caption.ts'
import { clockTime } from './clock-time.ts'

/** A file of captions: what stands before, between and after them. */
export interface CaptionFormat {
  readonly head: string
  caption(caption: HeardCaption, index: number): string
  readonly tail: string
}

/** By the extension of the file. */
export const captionFormats = {
  srt: {
    head: '',
    caption: ({ start_ms, end_ms, text }, index) =>
      `${index + 1}\n${clockTime(start_ms, ',')} --> ${clockTime(end_ms, ',')}\n${text}\n\n`,
    tail: '',
  },
  vtt: {
    head: 'WEBVTT\n\n',
    // Markup begins with these.
    caption: ({ start_ms, end_ms, text }) =>
      `${clockTime(start_ms, '.')} --> ${clockTime(end_ms, '.')}\n${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}\n\n`,
    tail: '',
  },
  json: {
    head: '[',
    caption: (caption, index) => `${index === 0 ? '' : ','}\n${JSON.stringify(caption)}`,
    tail: '\n]\n',
  },
} satisfies Readonly<Record<string, CaptionFormat>>
