import { anything, audio, bytes, json, kind, number, pcm, tensor, text } from '@anabranch/plugin-sdk'
import t from 'tap'
import { z } from 'zod'

t.test('ports: kinds, all required', async (t) => {
  const ports = { anything, audio, bytes, number, pcm, tensor, text }
  for (const [name, port] of Object.entries(ports)) {
    t.equal(port.kind, name)
    t.equal(port.mode, 'required')
    t.equal(port.format, undefined)
  }
  t.equal(kind<{ x: number }>()('acme/pose').kind, 'acme/pose')
})

t.test('ports: each step makes a new port and keeps what was said before', async (t) => {
  const mono = audio.with({ sampleRate: 16_000 }).with({ channels: 1 })
  t.same(mono.format, { sampleRate: 16_000, channels: 1 })
  t.equal(audio.format, undefined)
  t.equal(mono.optional().mode, 'optional')
  t.same(mono.optional().format, mono.format)
  const gain = number.control(1)
  t.equal(gain.mode, 'control')
  t.equal(gain.initial, 1)
  t.equal(gain.with({ shape: [1] }).initial, 1)
  t.equal(gain.with({ shape: [1] }).mode, 'control')
})

t.test('ports: json keeps its schema through every step', async (t) => {
  const schema = z.object({ x: z.number() })
  const port = json(schema)
  t.equal(port.kind, 'json')
  for (const made of [port, port.with({ shape: [1] }), port.optional(), port.control({ x: 1 })])
    t.equal(made.schema, schema)
})
