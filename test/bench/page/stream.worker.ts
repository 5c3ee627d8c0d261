// Reads streams beside the page's thread.
import { serveStreams } from 'framewise/worker'

serveStreams()
