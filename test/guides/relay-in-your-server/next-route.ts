import { relay } from './next-relay.ts'

export const dynamic = 'force-dynamic'
export const GET = (request: Request): Promise<Response> => relay.fetch(request)
export const POST: typeof GET = GET
export const OPTIONS: typeof GET = GET
