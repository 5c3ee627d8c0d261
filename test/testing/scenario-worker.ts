// Tells how many events a scenario has, from within a Worker.
import { scenario } from 'framewise/testing'

postMessage(scenario({ events: 42 }).length)
