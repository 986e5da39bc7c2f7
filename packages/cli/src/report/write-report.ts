import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { InvalidInputsError } from '@anabranch/plugin-sdk'
import { drawingOf, type Plan } from '@anabranch/runtime'
import { drawSvg } from '../graph/draw-svg.ts'
import type { RunResult } from '../run/run-result.ts'
import type { WrittenFile } from '../run/written-files.ts'
import type { ReportRecorder } from './report-recorder.ts'

/** Writes the page of a run: one file that needs nothing else. @throws InvalidInputsError where it cannot be written */
export async function writeReport(
  path: string,
  plan: Plan,
  result: RunResult,
  recorder: ReportRecorder,
): Promise<WrittenFile[]> {
  const sound = recorder.sound.drawn()
  const data = {
    name: plan.name,
    plan: plan.nodes.map(({ id, type, runtime, where }) => ({ id, type, runtime, where })),
    result,
    sound,
    tracks: recorder.marks.shown(sound?.ms ?? 0),
  }
  const html = page(plan, data)
  await writeFile(path, html).catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidInputsError(`${path} cannot be written: ${cause.code}`, {
      key: '--report',
      cause,
      fix: 'name a file in a folder that is there',
    })
  })
  return [{ path, bytes: Buffer.byteLength(html) }]
}

const asset = (name: string) => readFileSync(new URL(`../../report/${name}`, import.meta.url), 'utf8')

function page(plan: Plan, data: object): string {
  // No value can end the script element, or begin another.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(plan.name)} · Anabranch</title>
<style>${asset('page.css')}</style>
<body>
<header><h1>${escaped(plan.name)}</h1><p id="verdict"></p></header>
<section id="sound" hidden>
<div id="timeline"><canvas id="wave"></canvas><div id="tracks"></div><canvas id="spectrogram"></canvas><div id="axis"></div><div id="playhead"></div></div>
<audio id="player" controls preload="auto"></audio>
<ol id="captions"></ol>
</section>
<section><h2>Ledger</h2><div id="ledger"></div></section>
<section><h2>Nodes</h2><table id="nodes"></table></section>
<section><h2>Edges</h2><table id="edges"></table></section>
<section><h2>Graph</h2><div id="graph">${drawSvg(drawingOf(plan))}</div></section>
<script type="application/json" id="data">${json}</script>
<script>${asset('page.js')}</script>
</body>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escaped = (text: string) => text.replace(/[&<>]/g, (character) => ENTITIES[character] as string)
