import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/command-error.ts'
import { integerFrom, oneOf } from '../../../src/cli/flags/flag-checks.ts'
import type { Flags } from '../../../src/cli/flags/flags.ts'
import { parseFlags } from '../../../src/cli/flags/flag-values.ts'

const FLAGS: Flags = {
  port: { value: 'N', env: 'PORT', default: '4400', help: '' },
  redis: { value: 'URL', env: 'REDIS_URL', help: '' },
  layout: { value: 'NAME', default: 'auto', help: '' },
  stop: { help: '' },
}

describe('parseFlags', () => {
  it('lets a flag win over the environment, and that over the default', () => {
    const port = (args: string[], env: Record<string, string>): number =>
      parseFlags(args, FLAGS, env).integer('port', 0, 65_535)
    expect(port(['--port', '1'], { PORT: '2' })).toBe(1)
    expect(port(['--port=1'], { PORT: '2' })).toBe(1)
    expect(port([], { PORT: '2' })).toBe(2)
    expect(port([], { PORT: '' })).toBe(4400)
    expect(port([], {})).toBe(4400)
  })

  it('tells what was written apart from what the environment says', () => {
    expect(parseFlags([], FLAGS, { REDIS_URL: 'redis://x' }).given('redis')).toBe(false)
    expect(parseFlags(['--redis', 'redis://x'], FLAGS, {}).given('redis')).toBe(true)
    expect(parseFlags([], FLAGS, {}).text('redis')).toBeUndefined()
  })

  it.each([
    [['--prot', '1'], /^there is no --prot; did you mean --port\?$/],
    [['--nothing-like-it'], /^there is no --nothing-like-it$/],
    [['--port'], /^--port needs a value: --port N$/],
    [['--port', '--redis', 'redis://x'], /--port needs a value/],
    [['--port', '-h'], /--port needs a value/],
    [['--stop=1'], /^--stop takes no value$/],
    [['stray'], /^"stray" belongs to no flag$/],
  ])('refuses %o', (args, message) => {
    expect(() => parseFlags(args, FLAGS, {})).toThrow(UsageError)
    expect(() => parseFlags(args, FLAGS, {})).toThrow(message)
  })

  it('names the flag or the variable that a wrong value came from', () => {
    const flags = parseFlags(['--layout', 'list'], FLAGS, { PORT: '70000' })
    expect(() => flags.integer('port', 0, 65_535)).toThrow(
      'PORT must be a number from 0 to 65535, got "70000"',
    )
    expect(() => flags.choice('layout', ['auto', 'both'])).toThrow(
      '--layout must be one of auto, both, got "list"',
    )
    const fraction = parseFlags(['--port', '1.5'], FLAGS, {})
    expect(() => fraction.integer('port', 0, 9)).toThrow('--port must be a whole number, got 1.5')
  })

  it('takes a number below nothing for the value that it is', () => {
    const flags: Flags = { port: { value: 'N', help: '', check: integerFrom(0, 9) } }
    for (const args of [['--port', '-1'], ['--port=-1']]) {
      expect(() => parseFlags(args, flags, {})).toThrow(
        /^--port must be a number from 0 to 9, got "-1"$/,
      )
    }
  })

  it('tells all that is wrong at once, by the name it came by', () => {
    const flags: Flags = {
      port: { value: 'N', env: 'PORT', help: '', check: integerFrom(0, 9) },
      size: { value: 'N', help: '', check: integerFrom(0, 9) },
      kind: { value: 'NAME', default: 'a', help: '', check: oneOf(['a', 'b']) },
    }
    const parse = (): unknown =>
      parseFlags(['--knd', 'b', '--kind', 'c', '--size'], flags, { PORT: '1.5' }, () => [
        'both are odd',
      ])
    expect(parse).toThrow(
      [
        '5 mistakes:',
        'there is no --knd; did you mean --kind?',
        '--size needs a value: --size N',
        'PORT must be a whole number, got 1.5',
        '--kind must be one of a, b, got "c"',
        'both are odd',
      ].join('\n  '),
    )
    expect(parse).toThrow(UsageError)
  })
})
