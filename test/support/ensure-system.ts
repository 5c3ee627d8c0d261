// Makes sure that the programs the tests drive are there, before any test runs: Chromium, redis-server, and a
// Python with redis-py for the recipes of the docs.
// Installs them as root or in CI, else prints the command and exits 1. Never a silent skip.
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { findChromium, which } from './browser.ts'
import { findRedisPython } from './redis-python.ts'

const LOCK_WAIT_MS = 300_000
const asRoot = process.getuid?.() === 0

/** Path of the redis-server to use (`REDIS_SERVER_PATH`, or the one on PATH), or undefined when there is none. */
export function findRedisServer(): string | undefined {
  return process.env['REDIS_SERVER_PATH'] ?? which('redis-server')
}

async function missingPackages(): Promise<string[]> {
  const packages: string[] = []
  if ((await findChromium()) === undefined) packages.push('chromium')
  if (findRedisServer() === undefined) packages.push('redis-server')
  if (findRedisPython() === undefined) packages.push('python3-redis')
  return packages
}

// Progress goes to stderr: stdout stays the test run's.
function run(command: string, args: readonly string[]): Promise<{ ok: boolean; stderr: string }> {
  say(`$ ${command} ${args.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn(command, args, { stdio: ['ignore', 2, 'pipe'], env })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    process.stderr.write(text)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, stderr: String(error) }))
    child.once('close', (code) => resolve({ ok: code === 0, stderr }))
  })
}

// Several installations may run on one machine; only some of apt's locks are waited for by apt itself.
async function aptGet(...args: string[]): Promise<boolean> {
  const deadline = performance.now() + LOCK_WAIT_MS
  const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', ...args]
  const [program = '', ...rest] = asRoot ? command : ['sudo', '-n', ...command]
  for (;;) {
    const { ok, stderr } = await run(program, rest)
    const locked = /(get|acquire|obtain).*lock|unable to lock/i.test(stderr)
    if (ok || !locked || performance.now() > deadline) return ok
    await pause(3000)
  }
}

async function install(packages: readonly string[]): Promise<void> {
  if (which('apt-get') === undefined) return
  await aptGet('update')
  for (const name of packages) await aptGet('install', '-y', '--no-install-recommends', name)
  // Where the distribution's chromium is only a pointer to a snap, Playwright's own build serves.
  if ((await findChromium()) !== undefined) return
  await run('npx', ['playwright', 'install', '--with-deps', 'chromium'])
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function ensureSystem(): Promise<number> {
  const before = await missingPackages()
  if (before.length === 0) return 0
  say(`The tests need ${before.join(' and ')}.`)
  if (asRoot || process.env['CI']) await install(before)
  const still = await missingPackages()
  if (still.length === 0) return 0
  say(`Still missing: ${still.join(', ')}. Install with:`)
  say(`  sudo apt-get update && sudo apt-get install -y ${still.join(' ')}`)
  say('or name what you have by CHROMIUM_PATH, REDIS_SERVER_PATH and PYTHON.')
  return 1
}

if (import.meta.main) process.exitCode = await ensureSystem()
