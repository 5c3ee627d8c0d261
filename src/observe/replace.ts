// Puts something of ours in the place of a property, and takes it back: but not from whoever came after us.

/** Takes a replacement back. */
export type Restore = () => void

/** Replaces `object[name]`; where somebody else has replaced ours since, `restore` leaves theirs in place. */
export function replace(object: object, name: PropertyKey, value: unknown): Restore {
  const before = Object.getOwnPropertyDescriptor(object, name)
  const enumerable = before?.enumerable ?? false
  Object.defineProperty(object, name, { value, enumerable, configurable: true, writable: true })
  return () => {
    if (Reflect.get(object, name) !== value) return
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Object.defineProperty(object, name, before)
  }
}

/** A call of a method: `call` makes it as it was meant. */
export interface Call {
  readonly self: unknown
  readonly args: readonly unknown[]
  call(): unknown
}

/** Puts `around` in the place of `object[name]`. Whoever looks sees the name, length and source of the original. */
export function replaceMethod(
  object: object,
  name: PropertyKey,
  around: (call: Call) => unknown,
): Restore {
  const original = Reflect.get(object, name) as (...args: unknown[]) => unknown
  const apply = (target: typeof original, self: unknown, args: unknown[]): unknown =>
    around({ self, args, call: () => Reflect.apply(target, self, args) })
  return replace(object, name, new Proxy(original, { apply }))
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
  if (typeof original !== 'function') return () => {}
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
