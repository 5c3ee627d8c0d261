import { afterEach, describe, expect, it } from 'vitest'
import { createVerify } from '../../src/relay/door/token.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const SECRET = 'a secret that is long enough for everybody'
const OTHER = 'another secret that is long enough as well'
const env = { FRAMEWISE_SECRET: SECRET }

const started: Cli[] = []
afterEach(async () => {
  for (const cli of started.splice(0)) {
    cli.process.kill('SIGKILL')
    await cli.ended
  }
})

async function mint(args: readonly string[], variables = env): Promise<string> {
  const { code, stdout, stderr } = await runCli(['token', ...args], variables)
  expect([code, stderr, stdout.trim().split('\n').length]).toEqual([0, '', 1])
  return stdout.trim()
}

const secondsOf = (token: string): number => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return claims.exp - claims.iat
}

describe('framewise token', () => {
  it('prints a token for an hour, and nothing else', async () => {
    const token = await mint(['--stream', 'a'])
    const claims = createVerify([SECRET])(token, 'framewise')
    expect(claims).toMatchObject({ streams: ['a'], rights: ['read'] })
    expect(secondsOf(token)).toBe(3600)
  })

  it('takes several streams, prefixes, the right to stop, a time, and the first of two secrets', async () => {
    const args = ['--stream', 'a', '--stream', 'team-*', '--stop', '--ttl', '15m']
    const token = await mint([...args, '--secret', `${OTHER}, ${SECRET}`])
    const claims = createVerify([OTHER])(token, 'framewise')
    expect(claims).toMatchObject({ streams: ['a', 'team-*'], rights: ['read', 'stop'] })
    expect(secondsOf(token)).toBe(900)
  })

  it('makes tickets', async () => {
    const ticket = await mint(['--stream', 'a', '--ticket'])
    expect(createVerify([SECRET])(ticket, 'framewise-ticket')).toMatchObject({ streams: ['a'] })
    expect(secondsOf(ticket)).toBe(60)
  })

  it.each([
    [['--stream', 'a'], {}, /no secret: give the relay's own, by FRAMEWISE_SECRET or --secret/],
    [
      ['--stream', 'a'],
      { FRAMEWISE_SECRET: 'hunter2' },
      /at least 32 bytes, got 7; .*openssl rand/,
    ],
    [[], env, /no stream: name what it is for by --stream ID/],
    [['--stream', 'a/b'], env, /expected ids of 1 to 128 .*got "a\/b"/],
    [
      ['--stream', 'a', '--ttl', '1 week'],
      env,
      /--ttl must be a time as 90s, 15m, 1h or 7d, got "1 week"/,
    ],
    [['--stream', 'a', '--ttl', '0s'], env, /--ttl must be a time/],
    [['--stream', 'a', '--ticket', '--ttl', '2m'], env, /at most 60000 for a ticket/],
    [['--stream', 'a', '--ticket', '--stop'], env, /a ticket may read and nothing else/],
  ])('says what is wrong with %j given %j, and exits with 2', async (args, variables, message) => {
    const { code, stdout, stderr } = await runCli(['token', ...args], variables)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('hunter2')
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('framewise relay with a secret', () => {
  it('listens beyond loopback and asks for a token, which neither its log nor its answers repeat', async () => {
    const args = ['relay', '--port', '0', '--host', '0.0.0.0', '--log-level', 'debug']
    const relay = startCli(args, env)
    started.push(relay)
    const url = urlIn(await relay.line(/^framewise relay on/)).replace('0.0.0.0', '127.0.0.1')
    const token = await mint(['--stream', 'a'])
    const ask = async (path: string, headers = {}): Promise<[number, string]> => {
      const response = await fetch(`${url}${path}`, { headers })
      return [response.status, await response.text()]
    }
    expect((await ask('/v1/streams/a'))[0]).toBe(401)
    expect((await ask('/v1/streams/a', { authorization: `Bearer ${token}` }))[0]).toBe(200)
    const [status, body] = await ask(`/nothing?ticket=${token}`)
    expect([status, body]).toEqual([404, expect.stringContaining('there is nothing at /nothing"')])
    relay.process.kill('SIGINT')
    const { stdout, stderr } = await relay.ended
    expect(stdout + stderr + body).not.toContain(token.split('.')[2])
    expect(stdout + stderr).not.toContain(SECRET)
  })

  it.each([
    [['--host', '0.0.0.0'], {}, /not loopback, and without a secret .*openssl rand -base64 32/],
    [['--host', '::'], {}, /not loopback/],
    [['--secret', 'hunter2'], {}, /at least 32 bytes, got 7/],
    [[], { FRAMEWISE_SECRET: ' , ' }, /FRAMEWISE_SECRET: expected a secret between the commas/],
    [['--cors-origin', 'https://a.example,*'], {}, /--cors-origin: expected .*got "\*"/],
  ])('says what is wrong with %j, and exits with 2', async (args, variables, message) => {
    const { code, stdout, stderr } = await runCli(['relay', '--port', '0', ...args], variables)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('hunter2')
    expect([code, stdout]).toEqual([2, ''])
  })

  it('leaves the demo on loopback', async () => {
    const { code, stderr } = await runCli(
      ['demo', '--port', '0', '--host', '0.0.0.0', '--dir', 'demo/..'],
      env,
    )
    expect(stderr).toContain('not loopback')
    expect(code).toBe(2)
  })
})
