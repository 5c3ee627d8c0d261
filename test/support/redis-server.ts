// A real redis-server for tests: on a free port, in a directory of its own, gone when stopped. Without the program the
// tests that need it fail and say how to get it; they are never skipped.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A running server. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Kills the process; the data goes unless `appendonly` was asked for. */
  kill(): Promise<void>
  /** Starts again on the same port, after `kill`. */
  start(): Promise<void>
  /** Kills and starts. */
  restart(): Promise<void>
  /** Sends a signal: SIGSTOP makes it hang with its sockets open, SIGCONT go on. */
  signal(name: NodeJS.Signals): void
  /** Kills and removes its directory. */
  stop(): Promise<void>
}

/** Options of {@link startRedis}. */
export interface RedisServerOptions {
  /** Keep data over `kill`, fsynced with every write. @default false */
  readonly appendonly?: boolean | undefined
  /** More arguments for redis-server. */
  readonly args?: readonly string[] | undefined
  /** Lines of a configuration file, which a Sentinel needs. `args` come after it. */
  readonly config?: readonly string[] | undefined
}

/** Starts a redis-server and resolves once it accepts connections. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  if (spawnSync('redis-server', ['--version']).error) {
    throw new Error('redis-server is missing; install it: sudo apt-get install -y redis-server')
  }
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'framewise-redis-'))
  const durable = options.appendonly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []
  const file = options.config === undefined ? [] : [join(dir, 'redis.conf')]
  for (const path of file) await writeFile(path, `${options.config?.join('\n')}\n`)
  const args = [
    ...file,
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    ...durable,
  ]
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    child = spawn('redis-server', [...args, ...(options.args ?? [])], { stdio: 'ignore' })
    await accepting(port, child)
  }

  async function kill(): Promise<void> {
    const dying = child
    child = null
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return
    const exit = once(dying, 'exit')
    dying.kill('SIGKILL')
    await exit
  }

  async function restart(): Promise<void> {
    await kill()
    await start()
  }

  const signal = (name: NodeJS.Signals): void => void child?.kill(name)

  async function stop(): Promise<void> {
    await kill()
    await rm(dir, { recursive: true, force: true })
  }

  await start()
  return { url: `redis://127.0.0.1:${port}`, port, kill, start, restart, signal, stop }
}

/** A port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  while (!(await answersPing(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with code ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.on('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
