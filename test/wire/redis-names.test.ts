import { expect, it } from 'vitest'
import { sunaKeys } from '../../src/relay/index.ts'
import { nameOf, sunaNames } from '../../src/wire/redis-names.ts'

it('names what the relay reads', () => {
  expect(sunaNames).toMatchObject(sunaKeys)
})

it('puts the id wherever the template wants it', () => {
  expect(nameOf('a:{id}:b:{id}', 'x')).toBe('a:x:b:x')
})
