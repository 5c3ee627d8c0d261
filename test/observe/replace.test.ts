// Replacing what a page has: to be seen through, to be taken back, and never to be thrown out of.
import { expect, it } from 'vitest'
import { replace, replaceConstructor, replaceMethod } from '../../src/observe/replace.ts'

class Base {
  say(): string {
    return 'base'
  }
}
class Derived extends Base {}

it('calls what was inherited as it is by then, whoever has patched it since', () => {
  const derived = new Derived()
  const calls: string[] = []
  const restore = replaceMethod(derived, 'say', ({ call }) => {
    calls.push('ours')
    return call()
  })
  const { say } = Base.prototype
  Base.prototype.say = function patched() {
    calls.push('theirs')
    return say.call(this)
  }
  expect(derived.say()).toBe('base')
  expect(calls).toEqual(['ours', 'theirs'])
  restore()
  Base.prototype.say = say
  expect(Object.keys(derived)).toEqual([])
  expect(Object.hasOwn(derived, 'say')).toBe(false)
})

it('calls what was the object’s own as it was', () => {
  const object = { say: () => 'own' }
  const restore = replaceMethod(object, 'say', ({ call }) => `${String(call())}, seen`)
  expect(object.say()).toBe('own, seen')
  restore()
  expect(object.say()).toBe('own')
})

it('leaves what cannot be replaced, or is nothing to be called', () => {
  const frozen: Readonly<Record<string, unknown>> = Object.freeze({ fetch: () => 'theirs' })
  const before = { ...frozen }
  const bare: Record<string, unknown> = { Arrow: () => 'no constructor' }
  const { Arrow } = bare
  const around = (): string => 'ours'
  for (const restore of [
    replace(frozen, 'fetch', around),
    replaceMethod(frozen, 'fetch', around),
    replaceConstructor(frozen as object, 'fetch', () => {}),
    replaceMethod(bare, 'absent', around),
    replaceConstructor(bare, 'Arrow', () => {}),
  ]) {
    restore()
  }
  expect(frozen).toEqual(before)
  expect(bare).toEqual({ Arrow })
})

it('takes back what was frozen meanwhile, as far as it may', () => {
  const object = { say: () => 'own' }
  const restore = replaceMethod(object, 'say', () => 'ours')
  Object.freeze(object)
  restore()
  expect(object.say()).toBe('ours')
})
