import { createPythonPlugin } from './python-plugin.ts'

/** The built-in Python nodes. Their processes start with the first prepared node and end with the last. */
export const defaultPlugin = createPythonPlugin({ stopWhenIdle: true })
