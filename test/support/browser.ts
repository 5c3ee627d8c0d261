// Which Chromium the tests drive and with which flags: one answer for vitest's browser mode and the end-to-end tests.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Browser, LaunchOptions } from 'playwright'

/** Flags that make Chromium start as root in a container and keep off the network. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Path of a program on PATH, or undefined. */
export function which(name: string): string | undefined {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/**
 * Path of the Chromium to use, or undefined when there is none:
 * `CHROMIUM_PATH`, one on PATH, or the one that `playwright install` fetched.
 */
export async function findChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM_PATH']
  if (named) return existsSync(named) ? named : undefined
  for (const name of NAMES) {
    const path = which(name)
    if (path !== undefined && starts(path)) return path
  }
  const { chromium } = await import('playwright')
  const fetched = chromium.executablePath()
  return existsSync(fetched) ? fetched : undefined
}

/** Starts the Chromium to use; where there is none, Playwright says so in its own words. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { chromium } = await import('playwright')
  const executablePath = await findChromium()
  const found = executablePath === undefined ? {} : { executablePath }
  return chromium.launch({ args: [...CHROMIUM_ARGS], ...found, ...options })
}

// Ubuntu's /usr/bin/chromium-browser may be a mere pointer to a snap that is not there.
function starts(path: string): boolean {
  return spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0
}
