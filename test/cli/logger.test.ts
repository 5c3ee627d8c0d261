import { expect, it } from 'vitest'
import { createLogger, LOG_LEVELS } from '../../src/cli/logger.ts'
import type { LoggerOptions } from '../../src/cli/logger.ts'

function told(options: Omit<LoggerOptions, 'write'>, message = 'x'): string[] {
  const lines: string[] = []
  const logger = createLogger({ ...options, write: (line) => lines.push(line) })
  for (const name of LOG_LEVELS) logger[name]?.(message)
  return lines
}

it('tells nothing below its level, and names the level of what is not information', () => {
  expect(told({ level: 'debug' })).toEqual(['debug: x', 'x', 'warn: x', 'error: x'])
  expect(told({})).toEqual(['x', 'warn: x', 'error: x'])
  expect(told({ level: 'error' })).toEqual(['error: x'])
})

it('tells programs one object a line, with level, time and words', () => {
  const lines = told({ level: 'warn', format: 'json' }, 'two\nlines').map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  )
  expect(lines).toEqual([
    { level: 'warn', time: expect.any(String), pid: process.pid, msg: 'two\nlines' },
    { level: 'error', time: expect.any(String), pid: process.pid, msg: 'two\nlines' },
  ])
  expect(new Date(String(lines[0]?.['time'])).getTime()).toBeGreaterThan(0)
})

it('has no debug where nobody would hear it', () => {
  expect(createLogger({ write: () => {} }).debug).toBeUndefined()
})

it.each(['text', 'json'] as const)('tells no secrets in %s', (format) => {
  const [line] = told({ level: 'error', format }, 'GET /a?ticket=hidden from redis://me:hidden@h')
  expect(line).toContain('GET /a?*** from redis://***@h')
  expect(line).not.toContain('hidden')
})
