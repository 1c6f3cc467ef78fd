/** Ends the program with a message on stderr, as `curl: (6) …`. */
export function fail(message: string, exitCode: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

/** What `strerror` says, for the errors a network has. */
export function describe(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const texts: Record<string, string> = {
    ECONNREFUSED: 'Connection refused',
    ECONNRESET: 'Connection reset by peer',
    ETIMEDOUT: 'Operation timed out',
    ENOENT: 'No such file or directory',
    EACCES: 'Permission denied',
    EISDIR: 'Is a directory',
    ENOTDIR: 'Not a directory',
    EROFS: 'Read-only file system',
  };
  return texts[code] ?? message;
}
