// Builds the demo before the end-to-end tests, which drive what users get and not the dev server.
import { build } from 'vite'

/** Global set-up of the `e2e` project. */
export async function setup(): Promise<void> {
  await build({ logLevel: 'warn' })
}
