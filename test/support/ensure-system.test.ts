import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('ensure-system.ts', import.meta.url))

// A machine whose PATH holds nothing but a shell and what a test puts there.
let bin = ''

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'framewise-path-'))
  symlinkSync('/bin/sh', join(bin, 'sh'))
})

afterEach(() => rmSync(bin, { recursive: true }))

function program(name: string, body = 'exit 0'): string {
  const path = join(bin, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}

// Shell words that make redis-server appear.
function installed(): string {
  const path = join(bin, 'redis-server')
  return `: >${path}; /bin/chmod +x ${path}`
}

function ensureSystem() {
  program('sudo', 'shift; exec "$@"')
  const env = {
    PATH: bin,
    CI: '1',
    CHROMIUM_PATH: join(bin, 'chromium'),
    PYTHON: join(bin, 'python3'),
  }
  return spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
}

describe('ensure-system', () => {
  it('says nothing when all is there', () => {
    program('chromium')
    program('python3')
    program('redis-server')

    expect(ensureSystem()).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })

  it('installs what is missing, with progress on stderr', () => {
    program('chromium')
    program('python3')
    program('apt-get', `case "$*" in *install*) ${installed()};; esac`)

    const { status, stdout, stderr } = ensureSystem()

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toContain('install -y --no-install-recommends redis-server')
  })

  it('installs redis-py where no Python has it', () => {
    program('chromium')
    program('redis-server')
    const path = join(bin, 'python3')
    const body = `printf '#!/bin/sh\\n' >${path}; /bin/chmod +x ${path}`
    program('apt-get', `case "$*" in *install*) ${body};; esac`)

    const { status, stderr } = ensureSystem()

    expect(status).toBe(0)
    expect(stderr).toContain('install -y --no-install-recommends python3-redis')
  })

  it('prints the command and fails when the installation fails', () => {
    program('chromium')
    program('python3')
    program('apt-get', 'echo no network >&2; exit 100')

    const { status, stderr } = ensureSystem()

    expect(status).toBe(1)
    expect(stderr).toContain('sudo apt-get update && sudo apt-get install -y redis-server')
  })

  it('waits for the lock of another installation', () => {
    program('chromium')
    program('python3')
    const marker = join(bin, 'tried')
    const locked = `: >${marker}; echo 'E: Could not get lock /var/lib/apt/lists/lock' >&2; exit 100`
    program(
      'apt-get',
      `[ -e ${marker} ] || { ${locked}; }\ncase "$*" in *install*) ${installed()};; esac`,
    )

    const { status, stderr } = ensureSystem()

    expect(status).toBe(0)
    expect(stderr.match(/apt-get .*update/g)).toHaveLength(2)
  })
})
