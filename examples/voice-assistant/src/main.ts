import { isAnabranchError } from '@anabranch/plugin-sdk'
import { conversation } from './conversation.ts'

try {
  await conversation(process.argv[2])
} catch (error) {
  const { message } = error as Error
  const [code, fix] = isAnabranchError(error) ? [error.code, error.fix] : ['error', undefined]
  process.stderr.write(`${code}: ${message}${fix === undefined ? '' : `; fix: ${fix}`}\n`)
  process.exitCode = 1
}
