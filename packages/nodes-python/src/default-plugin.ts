import { createPythonPlugin } from './python-plugin.ts'
import { spare } from './spare.ts'

/** The built-in Python nodes. Their processes start with the first prepared node and end with the last. */
export const defaultPlugin = createPythonPlugin({ stopWhenIdle: true, spare })
