/** What TranscribeNode gives for a stretch of speech. Times are media time. */
export interface Caption {
  readonly text: string
  readonly start_ms: number
  readonly end_ms: number
  readonly confidence: number
}

/** The same, and how it sounded while it was said; null where nothing was measured. */
export interface HeardCaption extends Caption {
  readonly rms_db: number | null
  readonly peak_db: number | null
  /** The centre of its power along frequency: low for a hum, high for a hiss. */
  readonly centre_hz: number | null
}
