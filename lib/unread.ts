/**
 * Lets a program go on when nobody reads what it writes any more: `head -1` has its line, or the terminal is gone.
 * @param onUnread is called for each thing that was not read
 */
export function surviveUnread(stream: NodeJS.WriteStream, onUnread: () => void = () => {}): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    onUnread();
  });
}
