import type { RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import { executeDriver } from './drive-execute.ts'
import { operatorDriver } from './drive-operator.ts'
import { sourceDriver } from './drive-source.ts'
import { streamDriver } from './drive-stream.ts'
import type { Driver, Report } from './driver.ts'

/** The driver of the form that the body has. */
export function driverOf(body: RecordBody, context: StandaloneContext, report: Report): Driver {
  if (body.operator !== undefined) return operatorDriver(body, context, report)
  if (body.stream !== undefined) return streamDriver(body, context, report)
  if (body.source !== undefined) return sourceDriver(body, context, report)
  return executeDriver(body, context, report)
}
