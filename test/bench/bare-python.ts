import { resolveServer } from '@anabranch/nodes-python'
import { pythonScript } from './python-script.ts'

/** What two bare processes over NATS did: frames/s streamed and by request, µs there and back. */
export interface BareFigures {
  readonly stream: number
  readonly request: number
  readonly rtt: number
}

/** Two bare Python processes over a server of their own, asked for one set of figures at a time. */
export async function barePython(frames: number): Promise<{ measure(): Promise<BareFigures>; stop(): Promise<void> }> {
  const server = await resolveServer({ env: { ...process.env, NATS_URL: undefined } as NodeJS.ProcessEnv })
  const script = pythonScript('baselines/nats_echo.py', String(frames))
  script.tell(JSON.stringify({ url: server.url, ...server.host })) // by stdin, where nobody else reads the password
  return {
    measure: async () => JSON.parse(await script.ask()),
    async stop() {
      await script.stop()
      await server.close()
    },
  }
}
