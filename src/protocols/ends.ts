// How streams without a terminal event of their own say that they were read to their end; one that is cut never does.
import type { Frame } from '../core/protocol.ts'

/** The frame after the last one of a body. */
export const BODY_END: Frame = Object.freeze({ event: 'body-end', id: undefined, data: '' })

/** True for {@link BODY_END}. */
export const isBodyEnd = (frame: Frame): boolean => frame.event === BODY_END.event

/** True for the frame that by convention follows the last one of a server-sent event stream. */
export const isDone = ({ data }: Frame): boolean => data.trim() === '[DONE]'
