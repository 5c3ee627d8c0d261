// Runs the command line as its users do: as a process of its own.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface Cli {
  readonly process: ChildProcess
  /** Resolves with the first line of stdout or stderr that matches; rejects when the process ends before. */
  line(pattern: RegExp): Promise<string>
  /** Resolves when the process has ended. */
  readonly ended: Promise<CliEnd>
}

export interface CliEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a command with an environment of nothing but what is given. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): Cli {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const look of watchers) look()
    })
  }
  const ended = new Promise<CliEnd>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }))
  })
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((found, failed) => {
      const look = (): void => {
        const lines = [output.stdout, output.stderr].flatMap((text) =>
          text.split('\n').slice(0, -1),
        )
        const match = lines.find((candidate) => pattern.test(candidate))
        if (match === undefined) return
        watchers.delete(look)
        found(match)
      }
      watchers.add(look)
      look()
      void ended.then(({ stdout, stderr }) => failed(new Error(`${pattern}: ${stdout}${stderr}`)))
    })
  return { process: child, line, ended }
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], env?: Record<string, string>): Promise<CliEnd> {
  return startCli(args, env).ended
}

/** The address that a line of a server names. */
export function urlIn(line: string): string {
  return /http:\/\/\S+/.exec(line)?.[0] ?? ''
}
