/** Variables of a process, as `process.env` has them. */
export type Env = Readonly<Record<string, string | undefined>>

/** The default of every `env` option of this package, and the only place that reads the process's own variables. */
// biome-ignore lint/style/noProcessEnv: see above
export const processEnv = (): Env => process.env
