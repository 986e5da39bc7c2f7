import type { Format } from '@anabranch/plugin-sdk'

/** One key of a node type and the kind of its values. */
export interface NativePort {
  readonly key: string
  readonly kind: 'audio' | 'pcm' | 'text' | 'number' | 'json'
  readonly format?: Format
}

/** What an addon says of one node type. `params` is its JSON Schema. */
export interface NativeDescription {
  readonly type: string
  readonly summary: string
  readonly params: Readonly<Record<string, unknown>>
  /** The version of the form of its params, where it is not the first. */
  readonly version?: number
  /** Whether params of older versions are translated. */
  readonly migrates?: true
  readonly inputs: readonly NativePort[]
  readonly outputs: readonly NativePort[]
  readonly time: 'keep' | 'span' | 'samples'
  readonly purity: 'pure' | 'stateful' | 'effectful'
  readonly form: 'execute' | 'source'
  /** May give no output for an input set. */
  readonly filters: boolean
  /** Contains a learnt model. */
  readonly model: boolean
  /** Worth leaving the thread. */
  readonly heavy: boolean
  /** Params with which it is shown. */
  readonly examples: readonly { readonly title: string; readonly params: Readonly<Record<string, unknown>> }[]
  /** For tests of the framework: not offered to pipelines. */
  readonly internal: boolean
}
