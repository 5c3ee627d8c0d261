// What is served from: the relay's hubs and viewers, and the door before them. Every route and socket gets the same.
import type { Logger } from '../backend.ts'
import type { Access } from '../door/access.ts'
import type { Limits } from '../door/limits.ts'
import type { Origins } from '../door/origins.ts'
import type { Hubs } from '../hub/hubs.ts'
import type { ViewerSettings } from '../hub/viewer.ts'
import type { Viewers } from '../hub/viewers.ts'

/** The parts of a relay that requests and sockets are served from. */
export interface Service {
  readonly hubs: Hubs
  /** Once they are leaving, nobody new is taken in. */
  readonly viewers: Viewers
  readonly settings: ViewerSettings & { readonly random: () => number }
  readonly access: Access
  readonly limits: Limits
  readonly origins: Origins
  readonly logger: Logger
}
