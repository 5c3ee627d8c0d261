import { relay } from './next-relay.ts'

const handler = (request: Request): Promise<Response> => relay.fetch(request)

export const dynamic = 'force-dynamic'
export { handler as GET, handler as POST, handler as OPTIONS }
