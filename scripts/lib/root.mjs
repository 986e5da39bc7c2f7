// @ts-check
import { fileURLToPath } from 'node:url'

/** The folder of the whole project. Written for old versions of Node.js too, which setup refuses in one line. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')
