// The experiment that tells a slow model from a writer that awaits: ten lines to run where the writer runs.

/** Prints the round trip to Redis, and what a chunk costs a writer that awaits it. In Node and in Python. */
export const WRITER_PROBE = `Run where the writer runs. Gaps near k × this are the writer's, others the model's.
// Node
import { createClient } from '@redis/client'
const redis = await createClient({ url: process.env.REDIS_URL }).connect()
const ms = []
for (let i = 0; i < 50; i++) {
  const began = performance.now()
  await redis.ping()
  ms.push(performance.now() - began)
}
console.log('round trip ms', ms.sort((a, b) => a - b)[25])
await redis.close()
# Python
import os, time, redis
r = redis.Redis.from_url(os.environ["REDIS_URL"])
ms = []
for _ in range(50):
    began = time.perf_counter()
    r.ping()
    ms.append((time.perf_counter() - began) * 1000)
print("round trip ms", sorted(ms)[25])`
