import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { loadPythonPlugin } from '#src/load-python-plugin.js'

const good = `from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, node

__all__ = ["SameNode"]


@node("SameNode", summary="Gives back what it gets.", inputs={"input": "text"}, outputs={"output": "text"})
class SameNode(NodeExecutor[NoParams]):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"output": inputs.data["input"]})
`

/** [what it does before it defines its node, message]; null where that does not matter. */
const rows: [string, RegExp | null][] = [
  ['import sys\nsys.exit(3)', /ended the process when it was imported \(3\)/],
  ['import os\nos._exit(4)', /ended the process \(exit code 4\)/],
  ['import os\nos.abort()', /ended the process \(SIGABRT\)/],
  ["import os\nfor _ in range(1024): os.write(1, b'x' * (1 << 20))", /printed more than 64 MiB when imported/],
  ["raise ValueError('no model')", /ValueError: no model/],
  ['api_version = 2', /has apiVersion 2, this host needs 1/],
  ['import os\nos.close(0)', null],
  ["print('hello')", null],
]

test('a bad Python plugin is told with a coded error, and the others are there all the same', async (t) => {
  const from = mkdtempSync(join(tmpdir(), 'anabranch-imports-'))
  t.teardown(() => rmSync(from, { recursive: true, force: true }))
  writeFileSync(join(from, 'good.py'), good)
  for (const [at, [before, message]] of rows.entries()) {
    const name = `./bad${at}.py`
    writeFileSync(join(from, name), `${before}\n${good}`)
    const loading = loadPythonPlugin(name, { from })
    if (message === null) t.match((await loading).nodes, [{ spec: { type: 'SameNode' } }], before)
    else {
      const error = await loading.then(
        () => null,
        (thrown) => thrown,
      )
      t.match(error, { code: 'ANB_PLUGIN', message, fix: String }, before)
      t.ok(error.message.length < 2000, `${error.message.length} characters`)
    }
  }
  t.match((await loadPythonPlugin('./good.py', { from })).nodes, [{ spec: { type: 'SameNode' } }])
})
