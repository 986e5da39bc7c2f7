// Writes contract/vectors/link-v1.json anew: what a link does in the scenarios of transcript-scenarios.ts. Look at the
// difference before it is committed: the machine in Python is held to it.
import { writeFileSync } from 'node:fs'
import { play } from './transcript.ts'
import { scenarios } from './transcript-scenarios.ts'
import { TRANSCRIPTS } from './transcripts.ts'

const lines = scenarios().map(({ name, message_bytes, steps }) => {
  const played = play({ name, message_bytes, steps })
  const each = played.map((step) => `      ${JSON.stringify(step)}`).join(',\n')
  return `    {"name": ${JSON.stringify(name)}, "message_bytes": ${message_bytes}, "steps": [\n${each}\n    ]}`
})
writeFileSync(TRANSCRIPTS, `{\n  "format": "link v1",\n  "transcripts": [\n${lines.join(',\n')}\n  ]\n}\n`)
