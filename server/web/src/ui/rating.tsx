/** How well somebody plays, and how sure that is: a mark for the rating, a bar for where it may as well be. */

import { num, t } from "../core/say";

/** What the bars of one table have in common, so that they compare. */
export interface Scale {
  readonly least: number;
  readonly most: number;
}

interface Rated {
  readonly rating: number | null;
  readonly deviation: number | null;
}

const SIGMAS = 2;

export function scaleOf(all: readonly Rated[]): Scale {
  const ends = all.flatMap(({ rating, deviation }) => (rating === null ? [] : [rating - SIGMAS * (deviation ?? 0), rating + SIGMAS * (deviation ?? 0)]));
  return ends.length === 0 ? { least: 0, most: 1 } : { least: Math.min(...ends), most: Math.max(...ends, Math.min(...ends) + 1) };
}

export function Rating({ rating, deviation, scale }: Rated & { readonly scale: Scale }) {
  if (rating === null) return <span class="quiet small">{t("Not rated yet")}</span>;
  const spread = SIGMAS * (deviation ?? 0);
  const at = (value: number): number => ((value - scale.least) / (scale.most - scale.least)) * 116 + 2;
  return (
    <span class="rating">
      <span class="num">
        <b>{num(rating)}</b> <span class="quiet small">± {num(spread)}</span>
      </span>
      <svg viewBox="0 0 120 12" aria-hidden="true" preserveAspectRatio="none">
        <path class="range" d="M2 6H118" />
        <path class="spread" d={`M${at(rating - spread)} 6H${at(rating + spread)}`} />
        <path class="mark" d={`M${at(rating)} 6h0`} />
      </svg>
    </span>
  );
}
