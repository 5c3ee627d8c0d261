import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const guard = new URL('../../src/cli/require-node.js', import.meta.url)

// The version is pretended before the guard runs: data: modules run in the order of their flags.
function runOn(version: string) {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
  const flags = ['--import', `data:text/javascript,${pretend}`, '--import', fileURLToPath(guard)]
  return spawnSync(process.execPath, [...flags, '-e', 'console.log("ran")'], { encoding: 'utf8' })
}

it.each(['14.21.3', '20.20.2', '22.11.0'])('says on Node %s what to do, and ends', (version) => {
  const { status, stdout, stderr } = runOn(version)

  expect(status).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(`framewise needs Node >= 22.12, this is ${version}`)
  expect(stderr).toContain('npm rebuild node')
})

it.each(['22.12.0', '24.21.0', '100.0.0'])('lets Node %s through', (version) => {
  expect(runOn(version)).toMatchObject({ status: 0, stdout: 'ran\n', stderr: '' })
})
