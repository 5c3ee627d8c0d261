// Runs a bench as a user does, for the tests of its short form.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What a bench of this folder writes, without the test run's own environment: pages are built as for production. */
export async function runBench(name: string, ...flags: string[]): Promise<string> {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...flags], { env })
  return stdout
}
