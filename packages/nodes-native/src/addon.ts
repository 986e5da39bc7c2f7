import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { NotAvailableError, PluginError, type Unavailable } from '@anabranch/plugin-sdk'
import type { AddonDoors } from './addon-doors.ts'
import { callBlock } from './call-block.ts'
import type { NativeDescription } from './native-description.ts'
import { nativeError } from './native-error.ts'
import { PoolRegistry } from './pool-registry.ts'

/** The version of the doors that this package speaks. */
const DOORS_VERSION = 5

/** A loaded addon, or what stands for one that is missing. */
export interface Addon {
  readonly path: string
  /** The name that the addon gives itself: that of its npm package. */
  readonly name: string
  readonly nodes: readonly NativeDescription[]
  readonly doors: AddonDoors
  /** What napi exports: one object for this thread. */
  readonly shared: object
  /** The block of this thread's calls. */
  readonly block: Float64Array
  /** The frame pools that the addon knows. */
  readonly pools: PoolRegistry
  /** Why it is missing; left out where it is loaded. */
  readonly missing?: Unavailable
  /**
   * Where the first sample of a view lies in memory, as Rust sees it. For diagnostics and tests: equal addresses show
   * that Rust and TypeScript use the same memory.
   */
  bufferAddress(view: Float32Array): number
}

const BUILD = 'npm run build:native -w @anabranch/nodes-native'
/** What is installed from a registry has no Rust sources to build. */
const isCheckout = existsSync(new URL('../Cargo.toml', import.meta.url))

/**
 * Loads the addon at `path`. `build` says how it is made, for the error where it is missing.
 *
 * @throws NotAvailableError where there is none for this platform, or it cannot be loaded.
 * @throws PluginError where the file is no addon of Anabranch, or one for other doors.
 */
export function loadAddon(path: string, build = BUILD): Addon {
  if (!existsSync(path)) {
    const where = build === BUILD && !isCheckout ? ' in a checkout of Anabranch and copy it there' : ''
    throw new NotAvailableError(`there is no native addon for ${process.platform}-${process.arch} at ${path}`, {
      fix: `build it with \`${build}\`${where} (needs Rust from https://rustup.rs), or choose nodes of another runtime`,
    })
  }
  const doors = open(path, build)
  if (typeof doors?.describe !== 'function')
    throw new PluginError(`${path} is no addon of Anabranch: it has no describe()`, {
      fix: 'list its nodes with the macro anabranch_binding::plugin!',
    })
  const description = describe(doors, path)
  if (description.doors !== DOORS_VERSION)
    throw new PluginError(`${path} speaks version ${description.doors} of the doors, this package ${DOORS_VERSION}`, {
      fix: `build it again with \`${build}\``,
    })
  return {
    path,
    name: description.name,
    nodes: description.nodes,
    // A plain object of its own: what napi exports is one that V8 looks keys up in, at each call.
    doors: { ...doors },
    shared: doors,
    block: blockOf(doors),
    pools: new PoolRegistry(doors),
    bufferAddress(view) {
      try {
        return doors.bufferAddress(view)
      } catch (error) {
        throw nativeError(error)
      }
    },
  }
}

const BLOCK = Symbol.for('anabranch.block')

/** The block of an addon in this thread: one, however many copies of this package load the addon. */
function blockOf(doors: AddonDoors & { [BLOCK]?: Float64Array }): Float64Array {
  let block = doors[BLOCK]
  if (block === undefined) {
    block = callBlock()
    doors.attach(block)
    doors[BLOCK] = block
  }
  return block
}

function open(path: string, build: string): AddonDoors | undefined {
  try {
    return createRequire(import.meta.url)(path)
  } catch (cause) {
    throw new NotAvailableError(`the native addon at ${path} cannot be loaded: ${(cause as Error).message}`, {
      cause,
      fix: `build it on this machine with \`${build}\``,
    })
  }
}

function describe(doors: AddonDoors, path: string): { name: string; doors: number; nodes: NativeDescription[] } {
  try {
    return JSON.parse(doors.describe())
  } catch (cause) {
    throw new PluginError(`${path} cannot describe its nodes`, { cause: nativeError(cause) })
  }
}
