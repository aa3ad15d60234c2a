/** After the match: what was thrown and called in each round, and whether the dice were fair. */

import { useState } from "preact/hooks";
import { t, tn, tx } from "../../core/say";
import { Die } from "./die";
import { facesOf, type View } from "./rules";
import { type Proof, type Seen, short, verify } from "./verify";
import { callWords } from "./words";

interface Props {
  readonly view: View;
  readonly seen: Seen | null;
  readonly seat: number | null;
  readonly names: readonly string[];
}

export function ProofPanel({ view, seen, seat, names }: Props) {
  const [proof, setProof] = useState<Proof | "busy" | null>(null);
  const chance = view.chance;
  if (!chance) return null;
  const check = (): void => {
    // Browsers offer it to pages over https and to localhost only.
    const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
    if (!subtle) {
      setProof({ isProved: false, said: [t("This browser computes hashes only on pages over HTTPS, so it cannot check here. The seed is told below.")], rounds: [] });
      return;
    }
    setProof("busy");
    verify(subtle, { chance, commitments: view.commitments, rounds: view.rounds }, seen, seat).then(setProof, () =>
      setProof({ isProved: false, said: [t("The check could not be computed.")], rounds: [] }),
    );
  };
  const done = proof !== null && proof !== "busy" ? proof : null;
  return (
    <section class="ld-proof" aria-labelledby="ld-proof">
      <header>
        <h2 id="ld-proof">{t("Were the dice fair?")}</h2>
        <button type="button" class="btn inrow" data-testid="verify" disabled={proof === "busy"} onClick={check}>
          {done ? t("Check again") : t("Verify the dice")}
        </button>
      </header>
      <div role="status">
        {!done && (
          <p class="quiet small">
            {tx("The server promised them before the match: fingerprint {code}. Your browser can throw each of them again.", { code: <code>{short((chance.earlier?.[0] ?? chance).commitment)}</code> })}
          </p>
        )}
        {done && (
          <div class={`ld-verdict ${done.isProved ? "ok" : "bad"}`} data-testid="proof" data-proved={done.isProved}>
            <p class="ld-verdict-title">{done.isProved ? t("Proved: nobody chose these dice") : t("Not proved")}</p>
            <ul>
              {done.said.map((sentence) => (
                <li>{sentence}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <details>
        <summary>
          {tn("{n} round", "{n} rounds", view.rounds.length)}
          {done && done.rounds.length > 0 && `, ${t("{n} thrown again alike", { n: done.rounds.filter((round) => round.isRight).length })}`}
        </summary>
        <ol class="ld-rounds">
          {view.rounds.map((round, index) => (
            <li data-testid={`round-${index + 1}`} data-right={done?.rounds[index]?.isRight ?? ""}>
              <p class="small">
                <b>
                  {t("Round {n}", { n: index + 1 })}
                  {done?.rounds[index] && (done.rounds[index].isRight ? " ✓" : " ✗")}
                </b>{" "}
                {round.call ? callWords(round.call, names, seat) : t("Void, because somebody left.")}
              </p>
              <div class="ld-thrown">
                {round.dice.map(facesOf).map((own, owner) =>
                  own.length > 0 ? (
                    <span class={`p${(owner % 8) + 1}`} role="img" aria-label={`${names[owner]}: ${own.join(", ")}`}>
                      {own.map((die) => (
                        <Die face={die} />
                      ))}
                    </span>
                  ) : null,
                )}
              </div>
            </li>
          ))}
        </ol>
        {chance.seed !== null && (
          <p class="tiny quiet ld-seed">
            {t("Seed")} {[...(chance.earlier ?? []), chance].map((secret) => secret.seed).join(", ")}
          </p>
        )}
      </details>
    </section>
  );
}
