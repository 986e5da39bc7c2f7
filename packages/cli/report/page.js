// The script of a report: it draws what stands in the element "data". It is read by browsers as it is.

{
  const data = JSON.parse(document.getElementById('data').textContent)
  const { result, sound, tracks } = data
  const by = (id) => document.getElementById(id)
  const make = (name, className, text) => {
    const element = document.createElement(name)
    if (className) element.className = className
    if (text !== undefined) element.textContent = text
    return element
  }
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const number = (n) => n.toLocaleString('en-US')
  const time = (us) =>
    us < 1000
      ? `${Math.round(us)} µs`
      : us < 1e6
        ? `${(us / 1000).toPrecision(3)} ms`
        : `${(us / 1e6).toPrecision(3)} s`
  const clock = (ms) =>
    `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}.${Math.floor(ms / 100) % 10}`

  const { accepted, balanced, dropped_by, ...fates } = result.ledger
  const known = Object.entries(fates).filter(([, n]) => n > 0)
  const sum = known.reduce((all, [, n]) => all + n, 0)
  by('verdict').textContent =
    `${result.status} · accounted for ${number(sum)} of ${number(accepted)}${balanced ? ', balanced' : ', NOT balanced'} · ` +
    `${time(1000 * result.total_time_ms)}${result.media_ms > 0 ? `, ${(result.media_ms / result.total_time_ms).toPrecision(3)} × real time` : ''}`
  if (!balanced || result.status === 'failed') by('verdict').className = 'bad'

  const bars = make('div', 'bars')
  const keys = make('p')
  for (const [fate, n] of known) {
    const bar = make('span', fate)
    bar.style.flex = String(n)
    bar.title = `${fate}: ${number(n)}`
    bars.append(bar)
    const reasons =
      fate === 'dropped'
        ? ` (${Object.entries(dropped_by)
            .map(([why, m]) => `${why} ${number(m)}`)
            .join(', ')})`
        : ''
    keys.append(make('span', `key ${fate}`), `${fate.replace('_', '-')} ${number(n)}${reasons}`)
  }
  by('ledger').append(bars, keys)

  const table = (id, heads, rows) => {
    const head = make('tr')
    for (const text of heads) head.append(make('th', '', text))
    by(id).append(head)
    for (const cells of rows) {
      const row = make('tr')
      for (const cell of cells) {
        const td = make('td')
        td.append(cell)
        row.append(td)
      }
      by(id).append(row)
    }
  }
  const barOf = (part) => {
    const bar = make('span', 'bar')
    bar.style.width = `${Math.round(120 * part)}px`
    return bar
  }
  const most = (list) => Math.max(1e-9, ...list)
  const nodes = data.plan.map((node) => ({ ...node, ...result.nodes[node.id] }))
  const work = (node) => node.execution_us.p50 * node.executions
  const longest = most(nodes.map(work))
  table(
    'nodes',
    ['node', 'type', 'ran', 'calls', 'median', 'p95', 'most', 'time in all'],
    nodes.map((node) => [
      node.id,
      node.type,
      `${node.runtime}, ${node.where}`,
      number(node.executions),
      ...['p50', 'p95', 'max'].map((of) => (node.execution_us.count ? time(node.execution_us[of]) : '–')),
      barOf(work(node) / longest),
    ]),
  )
  const edges = Object.entries(result.edges)
  const oldest = most(edges.map(([, edge]) => edge.age_us.p95))
  table(
    'edges',
    ['edge', 'items', 'most waiting', 'age: median', 'p95', 'lost', 'age'],
    edges.map(([name, edge]) => {
      const lost = Object.values(edge.dropped).reduce((a, b) => a + b, edge.cancelled + edge.failed)
      return [
        name,
        number(edge.pushed),
        number(edge.high_water),
        time(edge.age_us.p50),
        time(edge.age_us.p95),
        lost > 0 ? make('span', 'lost', number(lost)) : '0',
        barOf(edge.age_us.p95 / oldest),
      ]
    }),
  )

  if (sound) drawSound()

  function drawSound() {
    by('sound').hidden = false
    const style = getComputedStyle(document.documentElement)
    const canvas = (id, width, height) => {
      const element = by(id)
      element.width = width
      element.height = height
      return element.getContext('2d')
    }
    const peaks = new Int8Array(bytesOf(sound.peaks).buffer)
    const wave = canvas('wave', peaks.length / 2, 254)
    wave.fillStyle = style.getPropertyValue('--accent')
    // A quiet recording fills the height too.
    const scale = 120 / Math.max(1, ...peaks.map(Math.abs))
    for (let at = 0; at < peaks.length / 2; at++) {
      const [low, high] = [scale * peaks[2 * at], scale * peaks[2 * at + 1]]
      wave.fillRect(at, 127 - high, 1, Math.max(1, high - low))
    }

    const { bands, columns, data: packed } = sound.spectrum
    if (columns > 0) {
      const levels = bytesOf(packed)
      const picture = canvas('spectrogram', columns, bands)
      const image = picture.createImageData(columns, bands)
      for (let column = 0; column < columns; column++)
        for (let band = 0; band < bands; band++) {
          const pixel = 4 * ((bands - 1 - band) * columns + column)
          const [r, g, b] = colour(levels[column * bands + band] / 255)
          image.data.set([r, g, b, 255], pixel)
        }
      picture.putImageData(image, 0, 0)
    }

    const at = (ms) => `${(100 * ms) / sound.ms}%`
    // As many labels as have room, at whole steps.
    const step = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].find((s) => sound.ms / 1000 / s <= 12) ?? 7200
    for (let s = 0; s < sound.ms / 1000 - step / 3; s += step) {
      const label = make('span', '', `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`)
      label.style.left = at(1000 * s)
      by('axis').append(label)
    }

    const captions = tracks
      .flatMap(({ marks }) => marks.filter(({ text }) => text !== undefined))
      .sort((a, b) => a.start - b.start)
    for (const { name, marks, left_out } of tracks) {
      const track = make('div', 'track')
      track.append(make('span', 'name', left_out > 0 ? `${name} (${number(left_out)} more)` : name))
      for (const { start, end, text } of marks) {
        const mark = make('span', 'mark', text ?? '')
        mark.style.left = at(start)
        mark.style.width = at(end - start)
        mark.title = `${clock(start)} – ${clock(end)}${text === undefined ? '' : ` ${text}`}`
        track.append(mark)
      }
      by('tracks').append(track)
    }

    const player = by('player')
    if (sound.wav === null) player.hidden = true
    else player.src = URL.createObjectURL(new Blob([bytesOf(sound.wav)], { type: 'audio/wav' }))
    const play = (ms) => {
      if (sound.wav === null) return
      player.currentTime = ms / 1000
      player.play().catch(() => undefined) // A browser may want a click on the player first.
    }
    by('timeline').addEventListener('click', (event) => {
      const { left, width } = by('timeline').getBoundingClientRect()
      play((sound.ms * (event.clientX - left)) / width)
    })
    for (const { start, text } of captions) {
      const line = make('li')
      const button = make('button')
      button.append(make('time', '', clock(start)), make('span', '', text))
      button.addEventListener('click', () => play(start))
      line.append(button)
      by('captions').append(line)
    }
    player.addEventListener('timeupdate', () => {
      const ms = 1000 * player.currentTime
      by('playhead').style.left = at(Math.min(ms, sound.ms))
      for (const [index, { start, end }] of captions.entries())
        by('captions').children[index].classList.toggle('now', ms >= start && ms < end)
    })
  }

  /** Dark to bright, through blue, red and yellow; quiet sounds are lifted. */
  function colour(level) {
    const stops = [
      [8, 10, 26],
      [38, 30, 92],
      [132, 32, 107],
      [212, 72, 66],
      [247, 160, 50],
      [252, 246, 190],
    ]
    const lifted = Math.max(0, Math.min(1, (level - 0.1) / 0.75)) * (stops.length - 1)
    const low = Math.min(stops.length - 2, Math.floor(lifted))
    return stops[low].map((from, index) => Math.round(from + (stops[low + 1][index] - from) * (lifted - low)))
  }
}
