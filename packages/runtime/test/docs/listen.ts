import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Tells of every dropped item, until the function that it gives is called. */
export function onDrop(tell: (edge: string, reason: string) => void): () => void {
  const listen = (message: unknown) => {
    const { edge, reason } = message as { edge: string; reason: string }
    tell(edge, reason)
  }
  subscribe('anabranch:edge:drop', listen)
  return () => unsubscribe('anabranch:edge:drop', listen)
}
