// The tools that measure refuse what they cannot do before they start anything.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** Runs a tool as its npm script does. */
function run(script: string, args: readonly string[]): Promise<{ code: unknown; stderr: string }> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  return new Promise((ended) => {
    execFile(process.execPath, ['--no-warnings', file, ...args], (error, _, stderr) =>
      ended({ code: error?.code ?? 0, stderr }),
    )
  })
}

it.each([
  [
    '../bench/diagnosis-bench.ts',
    ['--only', 'nope'],
    /--only must be in one of none, .*got "nope"/,
  ],
  [
    '../lab/lab-run.ts',
    ['--recording', 'nofile'],
    /--recording: there is no file nofile; see npm run lab -- --help/,
  ],
])(
  '%s %j',
  async (script, args, told) => {
    const { code, stderr } = await run(script, args)
    expect(stderr).toMatch(told)
    expect(code).toBe(2)
  },
  30_000,
)
