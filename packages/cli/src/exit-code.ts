/** What the command ends with. */
export const EXIT = {
  ok: 0,
  /** The run, or what was asked of this machine, failed. */
  failed: 1,
  /** A command line that is not understood. */
  usage: 2,
  /** A pipeline that cannot run. */
  invalid: 3,
  /** A test or a budget of a pipeline was not met. */
  unmet: 4,
  /** Told to stop twice. */
  interrupted: 130,
} as const
