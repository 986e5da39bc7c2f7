/** Limits of a manifest; those of contract/limits.json where nothing else is said. */
export interface ManifestLimits {
  /** Bytes of one file. */
  readonly manifest_bytes?: number
  /** Levels of nesting; never more than 256. */
  readonly manifest_depth?: number
  readonly nodes?: number
  readonly edges?: number
  readonly keys_per_node?: number
}
