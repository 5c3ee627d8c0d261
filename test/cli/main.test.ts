import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, onTestFailed } from 'vitest'
import { decodeRecording } from '../../src/wire/recording.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const started: Cli[] = []
const start = (args: readonly string[], env?: Record<string, string>): Cli => {
  const cli = startCli(args, env)
  started.push(cli)
  return cli
}

afterEach(async () => {
  for (const cli of started.splice(0)) {
    cli.process.kill('SIGKILL')
    await cli.ended
  }
})

const takenPort = async (): Promise<{ port: number; server: Server }> => {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { port: (server.address() as AddressInfo).port, server }
}

describe('framewise', () => {
  it('shows its commands and its version on stdout', async () => {
    const help = await runCli(['--help'])
    expect(help.code).toBe(0)
    for (const name of ['relay', 'doctor', 'demo', 'produce'])
      expect(help.stdout).toContain(`\n  ${name} `)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await runCli(['--version'])).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
  })

  it.each([['relay'], ['doctor'], ['demo'], ['produce']])(
    'shows the flags of %s with defaults and variables',
    async (name) => {
      const { code, stdout } = await runCli([name, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: framewise ${name}`)
      expect(stdout).toContain('environment REDIS_URL')
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        '(default info; environment FRAMEWISE_LOG_LEVEL)',
      )
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    },
  )

  it('says of the demo that it serves this machine, and breaks no sentence in two', async () => {
    const { stdout } = await runCli(['demo', '--help'])
    expect(stdout).not.toContain('secret')
    const paragraphs = stdout
      .trimEnd()
      .split('\n\n')
      .map((text) => text.replaceAll('\n', ' '))
    expect(paragraphs).toContainEqual(
      expect.stringMatching(/^Without a Redis .* ten minutes after its last write\.$/),
    )
  })

  it.each([
    [['serve'], /there is no command "serve"; commands are relay, doctor, demo, produce/],
    [
      ['relay', '--prot', '1'],
      /there is no --prot; did you mean --port\?; see framewise relay --help/,
    ],
    [['relay', '--port', 'x'], /--port must be a number from 0 to 65535, got "x"/],
    [['relay', '--host', '0.0.0.0'], /host "0.0.0.0" is not loopback/],
    [['relay', '--redis', 'localhost'], /"localhost" is no address of a Redis/],
    [['relay', '--layout', 'list'], /--layout must be one of auto, suna-list, suna-stream/],
    [
      ['produce', '--redis', 'redis://a', '--demo', 'http://b'],
      /--redis and --demo are two places/,
    ],
    [['produce', '--stream', 'x'], /--stream needs a Redis/],
    [['produce', '--redis', 'redis://a', '--stream', 'a/b'], /--stream must be 1 to 128 of/],
    [['produce', '--events', '7'], /--events must be a number from 8/],
  ])('says what is wrong with %j, on stderr, and exits with 2', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('framewise relay', () => {
  it('takes its port from PORT, answers there, and ends cleanly when it is asked to', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const relay = start(['relay'], { PORT: '0' })
      const line = await relay.line(/^framewise relay on http:\/\/127\.0\.0\.1:\d+ \(memory\)$/)
      const viewing = await fetch(`${urlIn(line)}/v1/streams/waited-for/events`)
      expect(viewing.status).toBe(200)
      relay.process.kill(signal)
      expect(await relay.ended).toMatchObject({ code: 0, stdout: `${line}\n` })
      await viewing.body?.cancel().catch(() => undefined)
    }
  })

  it('names a port that is taken, says what to do, and exits with 1', async () => {
    const { port, server } = await takenPort()
    const { code, stdout, stderr } = await runCli(['relay', '--port', String(port)])
    server.close()
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`)
    expect(stderr).toContain('--port N or PORT=N')
    expect([code, stdout]).toEqual([1, ''])
  })
})

describe('framewise demo', () => {
  it('says how to build what is not built', async () => {
    const { code, stderr } = await runCli(['demo', '--dir', '/nowhere', '--port', '0'])
    expect(stderr).toContain('run npm run build')
    expect(code).toBe(1)
  })
})

describe('framewise produce', () => {
  it('writes a recording to stdout that can be read back and played', async () => {
    const { code, stdout } = await runCli(['produce', '--events', '20', '--out', '-'])
    const recording = decodeRecording(stdout)
    expect([code, recording.protocol, recording.events.length]).toEqual([0, 'ag-ui', 20])
    expect(recording.events[2]?.t).toBe(10)
  })

  it('tells Suna its layout in a recording', async () => {
    const args = ['produce', '--events', '64', '--layout', 'suna-list', '--out', '-']
    const recording = decodeRecording((await runCli(args)).stdout)
    expect([recording.protocol, recording.layout]).toEqual(['suna', 'suna-list'])
    expect(recording.events[0]?.data).toContain('"type": "status"')
  })

  it('says where a run could go when no demo and no Redis answers', async () => {
    const { port, server } = await takenPort()
    server.close()
    const { code, stderr } = await runCli(['produce', '--demo', `http://127.0.0.1:${port}`])
    expect(stderr).toContain(`no demo answers at http://127.0.0.1:${port}`)
    expect(stderr).toContain('framewise demo')
    expect(code).toBe(1)
  })

  it('says which Redis it cannot reach, without the password', async () => {
    const { port, server } = await takenPort()
    server.close()
    const url = `redis://me:secret@127.0.0.1:${port}`
    const { code, stderr, stdout } = await runCli(['produce'], { REDIS_URL: url })
    expect(stderr).toContain(`cannot reach Redis at redis://***@127.0.0.1:${port}`)
    expect(stderr).not.toContain('secret')
    expect([code, stdout]).toEqual([1, ''])
  })

  it.each(['redis://me:se/cret@h', 'redis:secret@h', 'me:sec@ret@h'])(
    'hides the password of an address that is none: %s',
    async (url) => {
      const { code, stderr } = await runCli(['relay', '--redis', url])
      expect(stderr).toContain('***@h" is no address of a Redis')
      expect(stderr).not.toMatch(/se\/?c|ret@/)
      expect(code).toBe(2)
    },
  )

  it('gives up connecting when interrupted', async () => {
    const { port, server } = await takenPort()
    const cli = start(['produce', '--redis', `redis://127.0.0.1:${port}`])
    await new Promise((connected) => server.once('connection', connected))
    cli.process.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect([code, stderr]).toEqual([130, ''])
    server.close()
  })

  it('ends with the shell that npm ran it in', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    const script = `"${process.execPath}" --no-warnings "${main}" relay --port 0 & echo $!; wait`
    const env = { ...process.env, npm_lifecycle_event: 'start' }
    const shell = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    await expect.poll(() => output, { timeout: 10_000 }).toContain('framewise relay on')
    onTestFailed(() => void process.kill(Number.parseInt(output, 10), 'SIGKILL'))
    shell.kill('SIGTERM')
    await once(shell, 'close') // the server has let go of stdout, too
  })

  it('serves on when nobody reads its log', async () => {
    const cli = start(['relay', '--port', '0', '--redis', 'redis://127.0.0.1:1'])
    cli.process.stderr?.destroy()
    const url = urlIn(await cli.line(/framewise relay on/))
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503)
    await expect.poll(async () => (await fetch(`${url}/livez`)).status).toBe(200)
    cli.process.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  })

  it('says which line of a recording it cannot play', async () => {
    const { code, stderr } = await runCli(['produce', '--play', 'package.json', '--out', '-'])
    expect(stderr).toContain('cannot play package.json: line 1')
    expect(code).toBe(1)
  })
})
