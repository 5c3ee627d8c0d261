// `@redis/client` is an optional peer: a program without it is a process of its own, whose loader does not find it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const HIDE_PEER = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('@redis/client')) return next(specifier, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    },
  })`
const relay = new URL('../../src/relay/index.ts', import.meta.url).href

async function run(program: string): Promise<string> {
  const hook = `data:text/javascript,${encodeURIComponent(HIDE_PEER)}`
  const source = `import * as relay from '${relay}'; ${program}`
  const args = ['--import', hook, '--input-type=module', '--eval', source]
  return (await promisify(execFile)(process.execPath, args)).stdout
}

it('needs no @redis/client for logs in memory', async () => {
  const program = `
    const backend = relay.memoryBackend()
    await backend.append('a', 'hello')
    console.log((await backend.stat('a')).length)`
  expect(await run(program)).toBe('1\n')
})

it('says what to install for logs in Redis', async () => {
  const program = `
    const logger = { info() {}, warn: (line) => { console.log(line); void backend.close() } }
    const backend = relay.redisBackend({ logger })`
  const said = await run(program)
  expect(said).toContain('npm i @redis/client')
  expect(said.trim().split('\n')).toHaveLength(1)
})
