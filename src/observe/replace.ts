// Puts something of ours in the place of a property, and takes it back: but not from whoever came after us.

/** Takes a replacement back. */
export type Restore = () => void

const nothing: Restore = () => {}

/**
 * Replaces `object[name]`, unless somebody has frozen it: then it stays as it is. Where somebody else has replaced ours
 * since, `restore` leaves theirs in place.
 */
export function replace(object: object, name: PropertyKey, value: unknown): Restore {
  const before = Object.getOwnPropertyDescriptor(object, name)
  const enumerable = before?.enumerable ?? false
  const ours = { value, enumerable, configurable: true, writable: true }
  if (!Reflect.defineProperty(object, name, ours)) return nothing
  return () => {
    if (Reflect.get(object, name) !== value) return
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Reflect.defineProperty(object, name, before)
  }
}

/** A call of a method: `call` makes it as it was meant. */
export interface Call {
  readonly self: unknown
  readonly args: readonly unknown[]
  call(): unknown
}

type Method = (...args: unknown[]) => unknown

/**
 * Puts `around` in the place of `object[name]`, where that is a function. Whoever looks sees the name and length of the
 * original. What was inherited is looked up at each call: others patch it where it comes from, and later (zone.js).
 */
export function replaceMethod(
  object: object,
  name: PropertyKey,
  around: (call: Call) => unknown,
): Restore {
  const original: unknown = Reflect.get(object, name)
  if (typeof original !== 'function') return nothing
  const isOwn = Object.hasOwn(object, name)
  const meant = (): Method =>
    (isOwn ? original : Reflect.get(Object.getPrototypeOf(object) as object, name)) as Method
  const apply = (_: unknown, self: unknown, args: unknown[]): unknown =>
    around({ self, args, call: () => Reflect.apply(meant(), self, args) })
  return replace(object, name, new Proxy(original as Method, { apply }))
}

type Constructor = new (...args: never[]) => object

/**
 * Puts a constructor in the place of a global one that tells of every object it makes. `instanceof`, statics, subclasses
 * and what it throws are the original's, because it is the original that makes them.
 */
export function replaceConstructor<T extends object>(
  root: object,
  name: string,
  made: (object: T) => void,
): Restore {
  const original: unknown = Reflect.get(root, name)
  if (typeof original !== 'function' || !original.prototype) return nothing
  const ours: unknown = new Proxy(original as Constructor, {
    construct(target, args, newTarget) {
      const object = Reflect.construct(target, args, newTarget === ours ? target : newTarget) as T
      made(object)
      return object
    },
  })
  const restore = [
    replace(root, name, ours),
    replace(original.prototype as object, 'constructor', ours),
  ]
  return () => restore.forEach((one) => one())
}
