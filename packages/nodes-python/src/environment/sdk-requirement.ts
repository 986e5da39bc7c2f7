const SDK = /^anabranch(?![\w.-])\s*(?:\[(.*?)\])?/i

/**
 * The extras that a requirement asks the SDK for (`anabranch[transcribe]>=0.1`); null where it is one of another package.
 * Every plugin depends on the SDK: the host brings its own.
 */
export function extrasOfSdk(requirement: string): readonly string[] | null {
  const found = SDK.exec(requirement)
  if (found === null) return null
  return found[1]?.split(',').map((each) => each.trim()) ?? []
}
