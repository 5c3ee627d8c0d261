import { expect, it } from 'vitest'
import { createLogger, LOG_LEVELS } from '../../src/cli/logger.ts'

it('tells nothing below its level, and names the level of what is not information', () => {
  const told = (level?: (typeof LOG_LEVELS)[number]): string[] => {
    const lines: string[] = []
    const logger = createLogger({ level, write: (line) => lines.push(line) })
    for (const name of LOG_LEVELS) logger[name]('x')
    return lines
  }
  expect(told('debug')).toEqual(['debug: x', 'x', 'warn: x', 'error: x'])
  expect(told()).toEqual(['x', 'warn: x', 'error: x'])
  expect(told('error')).toEqual(['error: x'])
})
