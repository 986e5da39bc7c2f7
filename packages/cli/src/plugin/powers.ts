/** What a plugin may say that it uses beside computing. It is said, not enforced. */
export const POWERS = ['net', 'fs', 'env', 'subprocess', 'native'] as const
export type Power = (typeof POWERS)[number]

/** Those of the field `anabranch` of a package.json; what is no power is left out. */
export function powersOf(field: unknown): Power[] {
  const { powers } = (field ?? {}) as { readonly powers?: readonly unknown[] }
  return Array.isArray(powers) ? POWERS.filter((power) => powers.includes(power)) : []
}
