import { join } from 'node:path'

/** A file in test/fixtures, from where the built tests run. */
export const fixturePath = (...names: readonly string[]): string =>
  join(import.meta.dirname, '..', 'test', 'fixtures', ...names)
