import { LimitExceededError } from '@anabranch/plugin-sdk'

/** One event of a server. */
export interface ServerEvent {
  /** The name of the event; `message` where it has none. */
  readonly event: string
  readonly data: string
  readonly id?: string
}

/** What one connection leaves for the next. */
export interface ServerEventState {
  lastEventId: string
  /** What the server asked for as the wait before a new connection, ms. */
  retryMs: number | null
}

/** The events of a body of `text/event-stream`. @throws LimitExceededError for an event of more than `most` characters */
export async function* serverEvents(
  chunks: AsyncIterable<Buffer>,
  state: ServerEventState,
  most: number,
): AsyncGenerator<ServerEvent> {
  const { createParser } = await import('eventsource-parser')
  const decoder = new TextDecoder()
  let open = 0
  let found: ServerEvent[] = []
  const parser = createParser({
    onEvent: ({ event = 'message', data, id }) => {
      open = 0
      if (id !== undefined) state.lastEventId = id
      found.push({ event, data, ...(id !== undefined && { id }) })
    },
    onRetry: (ms) => {
      state.retryMs = ms
    },
    onComment: () => {
      open = 0
    },
  })
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    open += text.length
    parser.feed(text)
    if (open > most)
      throw new LimitExceededError(`an event is longer than ${most} characters`, {
        limit: 'max_item_chars',
        fix: 'raise max_item_chars',
      })
    const ready = found
    found = []
    yield* ready
  }
}
