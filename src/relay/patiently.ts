// A wait that ends.

/** What a promise gives, or null when it has not within so many ms. */
export async function patiently<T>(value: Promise<T>, waitMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, waitMs, null)
  })
  try {
    return await Promise.race([value, timeout])
  } finally {
    clearTimeout(timer)
  }
}
