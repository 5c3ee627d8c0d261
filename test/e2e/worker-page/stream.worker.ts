// The Worker's file, as an application writes it.
import { serveStreams } from 'framewise/worker'

serveStreams()
