/**
 * A `join` that the page's first script sent before the client was here. Its answer waits for whoever asks the same, and so does
 * what the server says of that room meanwhile: nobody listens yet, and the answer does not include it.
 */

/** A page that never asks for it must not gather for ever. */
const HELD_MAX = 500;

export class Ahead {
  private held: (() => void)[] = [];
  private isTaken = false;

  constructor(
    private readonly asked: string,
    private readonly answer: Promise<unknown>,
    private readonly later: (run: () => void) => void,
  ) {}

  /** False: too much is held; give it up. */
  hold(tell: () => void): boolean {
    this.held.push(tell);
    return this.held.length <= HELD_MAX;
  }

  /** The answer, or null for a join that is not this one: then this one is of no use any more. `over` is called when nothing is held. */
  take(name: string, payload: unknown, over: () => void): Promise<unknown> | null {
    if (this.isTaken || JSON.stringify([name, payload]) !== this.asked) return null;
    this.isTaken = true;
    return this.answer.then((answer) => {
      // After whoever asked has taken the answer.
      this.later(() => {
        over();
        for (const tell of this.held.splice(0)) tell();
      });
      return answer;
    });
  }
}
