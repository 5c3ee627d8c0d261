import { createRelay, memoryBackend } from 'framewise/relay'
import type { MemoryBackend, Relay } from 'framewise/relay'

// Next loads a module anew with every change, and once for every bundle: the relay is made once.
const kept = globalThis as { backend?: MemoryBackend; relay?: Relay }
export const backend: MemoryBackend = (kept.backend ??= memoryBackend())
export const relay: Relay = (kept.relay ??= createRelay({ backend }))
