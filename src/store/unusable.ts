/**
 * The database cannot be used as it is: no binaries, a foreign version, a newer schema, a directory in use.
 * The message is one line for a person, says what to do, and is all that a start has to print before it ends.
 */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
}
