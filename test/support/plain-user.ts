// A Redis user who may do all but be told of changed keys, as on servers and proxies that do not know CLIENT TRACKING.

/** Arguments for `startRedis` that make the user. */
export const PLAIN_USER: readonly string[] = [
  '--user',
  'plain',
  'on',
  '>pw',
  '~*',
  '&*',
  '+@all',
  '-client|tracking',
]

/** The same server, as that user. */
export function plainUrl(url: string): string {
  return url.replace('//', '//plain:pw@')
}
