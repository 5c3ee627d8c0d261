// What `npm i framewise` adds, by the lock file: itself and what it depends on, and no more than three packages.
import { readFileSync } from 'node:fs'

const MOST = 3

interface Locked {
  readonly dev?: boolean
  readonly peer?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
// The first, nameless one is the package itself.
const installed = Object.entries(packages)
  .filter(([, { dev, peer, optional, devOptional }]) => !(dev || peer || optional || devOptional))
  .map(([path]) => path.replace('node_modules/', '') || 'framewise')

console.log(`npm i framewise adds ${installed.length} packages: ${installed.join(', ')}`)
if (installed.length > MOST) {
  console.log(`expected at most ${MOST}: a frontend package does not install a server`)
  process.exitCode = 1
}
