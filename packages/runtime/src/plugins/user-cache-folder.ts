import { cacheFolder } from '@anabranch/plugin-sdk/host'

/** The cache folder of this process's user. */
// biome-ignore lint/style/noProcessEnv: where the files of this user are is said there alone
export const userCacheFolder = (): string => cacheFolder(process.env)
