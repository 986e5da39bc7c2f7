// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'tap'

const command = new URL('../lib/command.mjs', import.meta.url).href

/** Runs a shell that starts a command of its own, and says when both live. */
const program = `
  import { run } from '${command}'
  await run('sh', ['-c', 'sleep 100 & echo $$ $!; wait'], { tell: (line) => console.log(line) })
  console.log('it went on')
`

/**
 * Whether a process runs. One that ended may stay listed until somebody asks for its exit code.
 * @param {number} pid
 */
function lives(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGTERM', 143],
  ['SIGINT', 130],
])) {
  test(`${signal} ends the command, what it started, and then us`, async (t) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    await once(child.stdout, 'data')
    const pids = said.trim().split(' ').map(Number)
    t.equal(pids.length, 2)
    t.ok(pids.every(lives))
    child.kill(signal)
    const [found] = await once(child, 'close')
    t.equal(found, code)
    t.notMatch(said, /it went on/)
    t.notOk(pids.some(lives))
  })
}
