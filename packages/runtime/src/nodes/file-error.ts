import { InvalidInputsError, isAnabranchError } from '@anabranch/plugin-sdk'

const SAID: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ENOENT: ['there is no such file or folder', 'correct the path; it counts from the working directory'],
  EACCES: ['it may not be opened', 'correct its permissions'],
  EPERM: ['it may not be opened', 'correct its permissions'],
  EISDIR: ['it is a folder', 'name a file in it'],
  ENOTDIR: ['a part of its path is a file', 'correct the path'],
  ENOSPC: ['the disk is full', 'make room'],
}

/** A coded error for what the file system said, naming the path; what is coded already stays. */
export function fileError(error: unknown, path: string): unknown {
  if (isAnabranchError(error)) return error
  const said = SAID[(error as { code?: string }).code ?? '']
  if (said === undefined) return error
  return new InvalidInputsError(`${path}: ${said[0]}`, { cause: error, key: 'path', fix: said[1] })
}
