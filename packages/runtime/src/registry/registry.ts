import {
  type NodeExecutor,
  type NodeFactory,
  NodeNotFoundError,
  NotAvailableError,
  type Plugin,
  PluginError,
  type Runtime,
  type Unavailable,
} from '@anabranch/plugin-sdk'
import { checkPlugin, nearest } from '@anabranch/plugin-sdk/host'
import type { PassedOver } from '../passed-over.ts'
import { RUNTIMES } from '../runtime-names.ts'
import { hintProblem } from './hints.ts'

/** Which factory a node type resolved to, and why the other runtimes were passed over. */
export interface Resolution {
  readonly runtime: Runtime
  readonly factory: NodeFactory
  readonly passedOver: readonly PassedOver[]
}

/** A plugin that could not be loaded, and why. */
export interface UnavailablePlugin {
  readonly name: string
  readonly error: Error
}

/** Node types by runtime. A value: nothing registers itself. */
export class Registry {
  readonly #types = new Map<string, Map<Runtime, { readonly factory: NodeFactory; readonly from: string }>>()

  readonly #unavailable: UnavailablePlugin[] = []

  constructor(plugins: Iterable<Plugin> = []) {
    for (const plugin of plugins) this.use(plugin)
  }

  /**
   * Takes all nodes of a plugin. A type for which `alias` has other names is known by those alone.
   *
   * @throws PluginError for what is no plugin, and for a type that is there already.
   */
  use(plugin: Plugin, alias: ReadonlyMap<string, readonly string[]> = new Map()): this {
    checkPlugin(plugin, 'Registry.use')
    for (const node of plugin.nodes)
      for (const name of alias.get(node.spec.type) ?? [node.spec.type]) this.#add(name, node, `plugin "${plugin.name}"`)
    return this
  }

  register(nodeType: string, factory: NodeFactory): this {
    if (typeof factory?.create !== 'function')
      throw new PluginError(`the factory of "${nodeType}" has no create()`, { fix: 'give { runtime, create(params) }' })
    if (factory.available !== undefined && typeof factory.available !== 'function')
      throw new PluginError(`the factory of "${nodeType}" has an available that is no function`, {
        fix: 'give available() { return null } or leave it out',
      })
    if (!RUNTIMES.includes(factory.runtime))
      throw new PluginError(`the factory of "${nodeType}" has runtime ${JSON.stringify(factory.runtime)}`, {
        fix: `say runtime: one of ${RUNTIMES.join(', ')}`,
      })
    return this.#add(nodeType, factory, 'register()')
  }

  /**
   * A registry with these plugins beside what is here; this one stays as it is. Plugins that are not available here are
   * named where a type is not found.
   *
   * @throws PluginError for a type that is there already.
   */
  with(plugins: Iterable<Plugin>, unavailable: Iterable<UnavailablePlugin> = []): Registry {
    const registry = new Registry()
    for (const [nodeType, offered] of this.#types) registry.#types.set(nodeType, new Map(offered))
    registry.#unavailable.push(...this.#unavailable, ...unavailable)
    for (const plugin of plugins) registry.use(plugin)
    return registry
  }

  /**
   * The factory of a type, and why the runtimes before it were passed over: also one whose nodes cannot run here.
   *
   * @throws NodeNotFoundError with the nearest names, and the reason each runtime was passed over; NotAvailableError
   * where it cannot run here, or a plugin that may have it could not be loaded.
   */
  resolve(nodeType: string, hint: Runtime | 'auto' = 'auto'): Resolution {
    const wrong = hintProblem(hint)
    if (wrong !== null) throw new NodeNotFoundError(`${nodeType}: ${wrong.message}`, { fix: wrong.fix })
    const offered = this.#types.get(nodeType)
    const passedOver: PassedOver[] = []
    const lacks: Unavailable[] = []
    // Which runtimes these would offer is not known; said once, with the first that was looked for.
    let missing = this.#unavailable.map(({ name, error }) => `; ${name} could not be loaded: ${error.message}`).join('')
    for (const runtime of RUNTIMES) {
      const found = offered?.get(runtime)
      const forced = hint !== 'auto' && hint !== runtime
      if (forced) {
        passedOver.push({ runtime, reason: `runtime_hint is ${hint}` })
        continue
      }
      const lack = found?.factory.available?.() ?? null
      if (found !== undefined && lack === null) return { runtime, factory: found.factory, passedOver }
      if (lack !== null) lacks.push(lack)
      if (lack !== null) {
        passedOver.push({ runtime, reason: lack.reason, lacking: true })
        continue
      }
      passedOver.push({ runtime, reason: `no ${runtime} plugin offers "${nodeType}"${missing}` })
      missing = ''
    }
    throw this.#notFound(nodeType, hint, passedOver, lacks)
  }

  #notFound(
    nodeType: string,
    hint: Runtime | 'auto',
    passedOver: Resolution['passedOver'],
    lacks: readonly Unavailable[],
  ): Error {
    const offered = this.#types.get(nodeType)
    const near = nearest(nodeType, this.#types.keys())
    const elsewhere = [...(offered ?? [])].flatMap(([runtime, { factory }]) =>
      (factory.available?.() ?? null) === null ? [runtime] : [],
    )
    const known = elsewhere.length > 0
    const suggestion = near[0] === undefined || offered !== undefined ? '' : `; did you mean "${near[0]}"?`
    const reasons = passedOver.map(({ runtime, reason }) => `${runtime}: ${reason}`).join('; ')
    const what = lacks.length > 0 ? `"${nodeType}" cannot run here` : `no node type "${nodeType}"`
    const message = `${what}${hint === 'auto' ? '' : ` with runtime ${hint}`}${suggestion} (${reasons})`
    const leaveOut = `it is there as ${elsewhere.join(' and ')}: leave runtime_hint out`
    const [unavailable] = this.#unavailable
    if (lacks.length > 0 || (unavailable !== undefined && suggestion === '')) {
      const { fix } = (unavailable?.error ?? {}) as { fix?: string }
      const fixes = [...lacks.map((lack) => lack.fix), fix, known ? leaveOut : undefined]
      return new NotAvailableError(message, {
        ...(unavailable !== undefined && { cause: unavailable.error }),
        fix: fixes.filter((each) => each !== undefined).join('; or '),
      })
    }
    return new NodeNotFoundError(message, {
      nearest: near,
      fix: known
        ? leaveOut
        : suggestion !== ''
          ? `write "${near[0]}"`
          : 'name the plugin that offers it in plugins, or register it',
    })
  }

  createNode(nodeType: string, params: unknown, hint: Runtime | 'auto' = 'auto'): NodeExecutor {
    return this.resolve(nodeType, hint).factory.create(params)
  }

  /** All node types, in the order they came. */
  get types(): readonly string[] {
    return [...this.#types.keys()]
  }

  #add(nodeType: string, factory: NodeFactory, from: string): this {
    const offered = this.#types.get(nodeType) ?? new Map()
    const there = offered.get(factory.runtime)
    if (there !== undefined && there.factory !== factory)
      throw new PluginError(
        `the ${factory.runtime} node "${nodeType}" is there twice: from ${there.from} and from ${from}`,
        {
          fix: 'rename one of them, or use only one of the plugins',
        },
      )
    offered.set(factory.runtime, { factory, from })
    this.#types.set(nodeType, offered)
    return this
  }
}
