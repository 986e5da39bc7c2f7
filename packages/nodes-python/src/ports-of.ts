import {
  anything,
  audio,
  bytes,
  kind,
  number,
  type Plain,
  PluginError,
  type Port,
  pcm,
  tensor,
  text,
} from '@anabranch/plugin-sdk'
import type { PortDescription } from './node-description.ts'

const PORTS: Readonly<Record<string, Plain>> = {
  audio,
  pcm,
  text,
  number,
  bytes,
  tensor,
  anything,
  json: kind<unknown>()('json'),
}

/** The ports of a description. @throws PluginError for a kind that is not known. */
export function portsOf(type: string, described: Readonly<Record<string, PortDescription>>): Record<string, Port> {
  return Object.fromEntries(Object.entries(described).map(([key, port]) => [key, portOf(type, key, port)]))
}

/** The same for outputs, which are always plain. */
export function outputPortsOf(type: string, described: Readonly<Record<string, PortDescription>>) {
  return Object.fromEntries(Object.entries(described).map(([key, port]) => [key, plainOf(type, key, port)]))
}

function portOf(type: string, key: string, described: PortDescription): Port {
  const plain = plainOf(type, key, described)
  if (described.mode === 'optional') return plain.optional()
  return described.mode === 'control' ? plain.control(described.initial) : plain
}

function plainOf(type: string, key: string, { kind: name, format }: PortDescription): Plain {
  const port = PORTS[name]
  if (port === undefined)
    throw new PluginError(`${type}: "${key}" has the kind "${name}", which is not known`, {
      fix: `use one of ${Object.keys(PORTS).join(', ')}`,
    })
  return format === undefined ? port : port.with(format)
}
