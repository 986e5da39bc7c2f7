import { LIMITS } from '@anabranch/plugin-sdk/host'
import { RUNTIME_ALIASES } from '../runtime-names.ts'
import type { ManifestLimits } from './manifest-limits.ts'
import { flag, mapOf, number, oneOf, record, type Schema, text, whole } from './schema-words.ts'

/** What a `params:` entry may be typed as. */
export const PARAM_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const

const MS = 2 ** 31 - 1

const bounds = {
  policy: oneOf(
    ['block', 'drop-oldest', 'drop-newest', 'latest', 'error'],
    'What happens when the edge is full. Default block.',
  ),
  max: whole(1, 2 ** 31, 'Items that may wait. Default 64; 1 for latest.'),
  max_ms: { type: 'number', exclusiveMinimum: 0, maximum: 2 ** 31, description: 'Media time that may wait, ms.' },
  max_bytes: whole(1, Number.MAX_SAFE_INTEGER, 'Bytes that may wait.'),
  best_effort: flag('A drop here leaves the fate of its root alone. Default: only for latest.'),
}

const options = {
  params: { type: 'object', description: 'Params of the node type.' },
  params_version: whole(1, 2 ** 31, 'The version of the type that they are for; default: that which is there.'),
  runtime_hint: oneOf(
    ['auto', 'javascript', 'native', 'python', ...Object.keys(RUNTIME_ALIASES)],
    'Which runtime to use. Default auto. rust and rust_native mean native, cpython python, typescript javascript.',
  ),
  join: oneOf(
    ['zip', 'latest', 'merge', 'align'],
    'How several in-edges form input sets. Default: what the node says, else zip.',
  ),
  trigger: text('For join: latest: the only input key whose arrival emits.'),
  tolerance_ms: number(0, 2 ** 31, 'For join: align: how far apart two media times may be, ms. Default 0.'),
  late: oneOf(
    ['drop', 'emit-alone', 'fail'],
    'For join: align: what becomes of an item without a partner. Default drop.',
  ),
  timeout_ms: number(1, MS, 'For one attempt at one input set, ms.'),
  total_timeout_ms: number(1, MS, 'For one input set with all its retries, ms.'),
  on_error: oneOf(
    ['fail', 'skip', 'dead-letter'],
    'What to do with an input set that failed, after retries. Default fail.',
  ),
  retry: record(
    {
      max_retries: whole(
        0,
        1000,
        'Retries after the first call. Default 3 where the node may be retried, 0 in realtime.',
      ),
      max_attempts: whole(0, 1000, 'Another name of max_retries.'),
      base_ms: number(0, 2 ** 31, 'Waits are base · 2^(k−1) ms. Default 100.'),
      cap_ms: number(0, 2 ** 31, 'The longest wait, ms. Default 10,000.'),
      jitter: flag('Waits are drawn evenly between half and all of that. Default false.'),
    },
    [],
    'Retries of a failed input set; only of nodes that are retrySafe.',
  ),
  breaker: record(
    {
      failures: whole(1, 2 ** 31, 'Consecutive failures that open it. Default 5.'),
      cooldown_ms: number(0, 2 ** 31, 'How long it stays open before one probe goes through, ms. Default 30,000.'),
    },
    [],
    'Stops calling a node that keeps failing.',
  ),
  placement: record(
    {
      where: oneOf(
        ['inline', 'thread', 'process', 'remote'],
        'Default inline; process for a Python node. thread: a worker thread of its own, for a JavaScript node of a plugin that plugins names; calls on threads of a pool, for a native node, which otherwise chooses by how long its first 50 calls took.',
      ),
      group: {
        type: 'string',
        pattern: LIMITS.id_pattern,
        description: 'Python nodes with the same group share one process. Default: each has its own.',
      },
      labels: {
        type: 'object',
        additionalProperties: { type: ['string', 'number'] },
        description: 'What the place must offer.',
      },
      replicas: whole(1, 1024, 'Instances side by side. Default 1.'),
    },
    [],
    'Where the node runs.',
  ),
}

/** `if` rather than `anyOf`, so that a mistake is told once, of the form that was meant. */
const source: Schema = {
  description:
    'node.key, a pipeline input by its bare name, { from, … } with options, or a list of them (join: merge).',
  if: { type: 'object' },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { $ref: '#/definitions/edge' },
  else: {
    if: { type: 'array' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      minItems: 1,
      items: {
        if: { type: 'object' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { $ref: '#/definitions/edge' },
        else: { type: 'string' },
      },
    },
    else: { type: 'string' },
  },
}

const id: Schema = {
  type: 'string',
  pattern: LIMITS.id_pattern,
  description: 'A letter, then letters, digits, "_" or "-", at most 64.',
}
const type = text('The node type, as a plugin names it.')

/** A node as one of its forms, where `use` tells a part from a plain node. */
function nodeForms(keys: number, listed: boolean): Schema {
  const own: Record<string, Schema> = listed ? { id } : {}
  const inputs = {
    type: 'object',
    maxProperties: keys,
    additionalProperties: { $ref: '#/definitions/source' },
    description: 'What feeds each input key.',
  }
  const plain = record(
    { ...own, type, ...(listed ? { node_type: text('Another name of type.') } : {}), in: inputs, ...options },
    listed ? ['id'] : ['type'],
    'A node.',
  )
  const part = record(
    {
      ...own,
      use: text('A pipeline file, relative to this one; its nodes become part of this pipeline.'),
      params: { type: 'object', description: 'Its params.' },
      in: inputs,
    },
    [...(listed ? ['id'] : []), 'use'],
    'Another pipeline, as a part of this one.',
  )
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: { type: 'object', required: ['use'] }, then: part, else: plain }
}

/** The JSON Schema (draft-07) of a manifest file, in both its forms: what is checked, documented and shown in editors. */
export function manifestSchema(limits: ManifestLimits = {}): Schema {
  const { nodes, edges, keys_per_node } = { ...LIMITS, ...limits }
  const connection = record(
    {
      from: text('A node id, node.key, or a pipeline input.'),
      to: text('A node id, or node.key.'),
      output_key: text('Default output.'),
      input_key: text('Default input.'),
      ...bounds,
    },
    ['from', 'to'],
    'One edge.',
  )
  const properties = {
    $schema: text('For editors; not read.'),
    version: { const: 'v1', description: 'Always v1.' },
    metadata: record(
      { name: text('Shown in errors, logs and metrics.'), description: text('For readers.') },
      [],
      'About the pipeline.',
    ),
    plugins: {
      type: 'array',
      items: { type: 'string' },
      description: 'Packages and files whose nodes are used; nothing else is loaded.',
    },
    alias: mapOf(
      record({ plugin: text('As plugins names it.'), type }, ['plugin', 'type'], 'A node type of a plugin.'),
      'Node types that are called otherwise here: where two plugins have one of the same name. A type has one name.',
    ),
    mode: oneOf(
      ['lossless', 'realtime', 'at-least-once', 'effectively-once'],
      'What is promised under overload. Default lossless.',
    ),
    params: mapOf(
      record(
        {
          type: oneOf(PARAM_TYPES, 'What its values are.'),
          default: { description: 'Used where nothing is set.' },
          description: text('For readers.'),
        },
        ['type'],
        'One param.',
      ),
      `What \${param:name} stands for, set from outside.`,
    ),
    inputs: mapOf(
      record(
        {
          kind: text('The kind of its values: audio, text, number, bytes, json, anything, …'),
          format: {
            ...record(
              {
                sampleRate: {
                  type: ['number', 'array'],
                  items: { type: 'number' },
                  description: 'Hz; a list where several fit.',
                },
                channels: whole(1, LIMITS.channels_max, 'Channels of audio.'),
                dtype: text('The type of the elements, for example f32.'),
                shape: { type: 'array', items: { type: 'number' }, description: 'Of a tensor; −1 for any.' },
              },
              [],
              'What the kind does not say.',
            ),
          },
        },
        ['kind'],
        'One input.',
      ),
      'What a session is sent, by name.',
    ),
    outputs: mapOf(text('node.key'), 'What this pipeline gives where another one uses it, by name.'),
    nodes: {
      description: 'The nodes: a map by id, or a list of { id, type, … }.',
      if: { type: 'array' },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { minItems: 1, maxItems: nodes, items: nodeForms(keys_per_node, true) },
      else: { ...mapOf(nodeForms(keys_per_node, false), ''), minProperties: 1, maxProperties: nodes },
    },
    connections: { type: 'array', maxItems: edges, items: connection, description: 'Edges, beside or instead of in:.' },
    profiles: mapOf({ type: 'object' }, 'Variants: the chosen one is merged into the pipeline.'),
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Anabranch pipeline',
    ...record(properties, ['version', 'nodes'], 'A pipeline of nodes.'),
    definitions: {
      source,
      edge: record({ from: text('node.key, or a pipeline input.'), ...bounds }, ['from'], 'One edge with options.'),
    },
  }
}
