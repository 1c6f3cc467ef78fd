import { createTestLab, type TestLab } from '../helpers/lab.ts';
import { interruption } from './interruption.ts';

/** Labs side by side, as a lab mostly waits; stopped at the end of the scope. */
export interface Labs extends AsyncDisposable {
  size: number;
  /** Aborted by Ctrl-C: `inTurns` begins no further piece, and a long piece ends where it is. */
  interrupted: AbortSignal;
  /**
   * Each lab takes the next piece of work until none is left, or until it is interrupted.
   * @throws the first error of `play`, once every lab has ended the piece that it was at
   */
  inTurns<Piece>(pieces: readonly Piece[], play: (lab: TestLab, piece: Piece) => Promise<void>): Promise<void>;
}

/** @param size at most four: there are no more entrances on a machine */
export async function openLabs(size: number): Promise<Labs> {
  if (!Number.isInteger(size) || size < 1 || size > 4) throw new Error('--labs takes a number from 1 to 4');
  const interrupted = interruption();
  const labs = await Promise.all(Array.from({ length: size }, () => createTestLab()));
  return {
    size,
    interrupted,
    async inTurns(pieces, play) {
      const queue = [...pieces];
      const turns = labs.map(async (lab) => {
        for (let piece = queue.shift(); piece && !interrupted.aborted; piece = queue.shift()) await play(lab, piece);
      });
      const failed = (await Promise.allSettled(turns)).find(({ status }) => status === 'rejected');
      if (failed) throw (failed as PromiseRejectedResult).reason;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(labs.map((lab) => lab[Symbol.asyncDispose]()));
    },
  };
}

/** @throws Error with what the command printed, where it did not succeed */
export async function expectDone(lab: TestLab, args: readonly string[]): Promise<void> {
  const { code, stderr, stdout } = await lab.cli(args, 180_000);
  if (code !== 0) throw new Error(`brokenprod ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
}
