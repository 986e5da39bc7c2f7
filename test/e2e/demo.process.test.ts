import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test, test } from 'tap'
import { root } from './command.ts'

t.setTimeout(180_000)

function demo(t: Test, ...args: readonly string[]) {
  const out = mkdtempSync(join(root, 'test', '.build', 'demo-'))
  t.teardown(() => rmSync(out, { recursive: true, force: true }))
  // tap gives every process options for Node.js, which the compiler does not bear.
  const plain = ['-u', 'NODE_OPTIONS', '-u', 'TAP', process.execPath]
  const child = spawn('env', [...plain, 'scripts/demo.mjs', '--out', out, ...args], { cwd: root, stdio: 'pipe' })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  child.stdin.end()
  return new Promise<{ out: string; code: number | null; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ out, code, said })),
  )
}

test('npm run demo: sets up, runs the captions, and judges their words', async (t) => {
  const { out, code, said } = await demo(t)
  t.equal(code, 0, said)
  t.match(
    said,
    /✓ Python environment[\s\S]*Ready in [\s\S]*\$ npx anabranch run examples\/captions\/pipeline\.yaml --set /,
  )
  t.match(said, /\n00:01\.0 {2}It was the best of times/)
  t.match(
    said,
    /✓ accounted for 2,219 of 2,219: 2,219 delivered, balanced\n {2}slowest [\s\S]*ran [\s\S]*python in\s+a process/,
  )
  t.match(said, /✓ word error rate [0-4]\.\d % of 119 words/)
  for (const name of ['captions.srt', 'captions.vtt', 'captions.json', 'report.html']) t.ok(existsSync(join(out, name)))
})

test('npm run demo: what is wrong is said before anything is set up', async (t) => {
  const none = await demo(t, 'none.wav')
  t.match(none, { code: 1, said: /^\nThere is no file none\.wav\.\n {2}Check the path\.\n$/ })
  const unknown = await demo(t, '--loud')
  t.match(unknown, { code: 1, said: /'--loud'[\s\S]*Usage: npm run demo/ })
  const two = await demo(t, 'a.wav', 'b.wav')
  t.match(two, { code: 1, said: /one sound file, not 2/ })
})
