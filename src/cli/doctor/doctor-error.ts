// Why nothing could be checked at all. Its exit code is its own: 1 says that something was found to be poor.
import { CommandError } from '../command-error.ts'

/** No server, no access, no such stream. */
export class DoctorError extends CommandError {
  override readonly name: string = 'DoctorError'
  override readonly exitCode: number = 3
}
