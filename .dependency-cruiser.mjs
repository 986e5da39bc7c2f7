// @ts-check
/** Who may import whom. Type-only imports count; so does what a test imports. */

const nats = '(^|/)node_modules/(@nats-io|msgpackr)(/|$)'

/**
 * A package that may import these of the others alone.
 * @param {string} name
 * @param {readonly string[]} allowed
 */
const mayImport = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'itself'}`,
  comment: 'plugin-sdk ◄ runtime | nodes-native | nodes-python ◄ cli ◄ examples | test',
  severity: 'error',
  from: { path: `^packages/${name}/` },
  to: { path: '^(packages|examples|test)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
})

/**
 * A folder of the runtime that may import these of the others alone. Files beside the folders, such as the clock, are
 * open to all of them; the index to none.
 * @param {string} folder
 * @param {readonly string[]} allowed
 */
const runtimeFolder = (folder, allowed) => ({
  name: `runtime-${folder}-imports-only-${allowed.join('-') || 'itself'}`,
  comment:
    'manifest ◄ graph ◄ drawing | executor; registry, plugins ◄ executor; edges ◄ manifest (its policies) | sources | sinks | executor; telemetry ◄ all',
  severity: 'error',
  from: { path: `^packages/runtime/src/${folder}/` },
  to: {
    path: '^packages/runtime/src/([^/]+/|index\\.ts$)',
    pathNot: `^packages/runtime/src/(${[folder, ...allowed].join('|')})/`,
  },
})

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one, or share a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'Build first; then either the path is wrong or the package is not in package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-reach-below-an-exports-map',
      comment: 'Import a package by its name.',
      severity: 'error',
      from: { path: '^(packages|examples|test)/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-source-from-tests',
      comment: "A test imports the built form, '#src/<file>.js', so that there is one copy of every module.",
      severity: 'error',
      from: { path: '^packages/[^/]+/test/' },
      to: { path: '^packages/[^/]+/src/' },
    },
    mayImport('plugin-sdk', []),
    mayImport('runtime', ['plugin-sdk']),
    mayImport('nodes-native', ['plugin-sdk']),
    mayImport('nodes-python', ['plugin-sdk']),
    mayImport('cli', ['plugin-sdk', 'runtime', 'nodes-native', 'nodes-python']),
    runtimeFolder('telemetry', []),
    runtimeFolder('manifest', ['edges', 'telemetry']),
    runtimeFolder('graph', ['manifest', 'edges', 'telemetry']),
    runtimeFolder('drawing', ['graph', 'manifest', 'telemetry']),
    runtimeFolder('registry', ['telemetry']),
    runtimeFolder('plugins', ['telemetry']),
    runtimeFolder('edges', ['telemetry']),
    runtimeFolder('sources', ['edges', 'telemetry']),
    runtimeFolder('sinks', ['edges', 'telemetry']),
    runtimeFolder('nodes', ['sinks', 'sources', 'telemetry']),
    {
      name: 'prom-client-behind-its-door',
      comment: 'Who does not ask for @anabranch/runtime/prometheus does not load it.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/runtime/src/prometheus/' },
      to: { path: '(^|/)node_modules/prom-client/|^packages/runtime/src/prometheus/' },
    },
    {
      name: 'opentelemetry-behind-its-door',
      comment: 'It is an optional peer: nothing else may need it.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/runtime/src/opentelemetry/' },
      to: { path: '(^|/)node_modules/@opentelemetry/|^packages/runtime/src/opentelemetry/' },
    },
    {
      name: 'nats-and-msgpack-behind-the-wire',
      comment: 'NATS and msgpack are known to src/wire and src/server of nodes-python alone, and to its tests.',
      severity: 'error',
      from: { path: '^(packages|examples|test)/', pathNot: '^packages/nodes-python/(src/(wire|server)|test)/' },
      to: { path: nats },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/\\.build(-test)?/', '/target/', '/\\.venv/', '/prebuilt/', '/bundle/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
}
