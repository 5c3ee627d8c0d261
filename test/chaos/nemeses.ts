// All that is done to a world.
import { FAILOVER_FAULTS } from './failover-faults.ts'
import { LOG_FAULTS } from './log-faults.ts'
import { MIXED_FAULTS } from './mixed-faults.ts'
import type { Nemesis } from './nemesis.ts'
import { REDIS_FAULTS } from './redis-faults.ts'
import { RELAY_FAULTS } from './relay-faults.ts'
import { WIRE_FAULTS } from './wire-faults.ts'

/** By name. */
export const NEMESES: readonly Nemesis[] = [
  ...REDIS_FAULTS,
  ...LOG_FAULTS,
  ...RELAY_FAULTS,
  ...WIRE_FAULTS,
  ...MIXED_FAULTS,
  ...FAILOVER_FAULTS,
]
