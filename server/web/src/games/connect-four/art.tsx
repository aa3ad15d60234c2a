import { Piece } from "./piece";

/** A few columns of a game that is about to be decided. */
const PIECES: readonly (readonly [column: number, row: number, seat: number])[] = [
  [0, 3, 1], [1, 3, 0], [1, 2, 1], [2, 3, 0], [2, 2, 0], [2, 1, 1], [3, 3, 1], [3, 2, 1], [3, 1, 0], [4, 3, 0], [4, 2, 1], [5, 3, 1],
];
const ROWS = [0, 1, 2, 3];
const COLUMNS = [0, 1, 2, 3, 4, 5];

export function ConnectFourArt() {
  return (
    <svg class="art" viewBox="0 0 600 400" aria-hidden="true">
      {ROWS.flatMap((row) => COLUMNS.map((column) => <circle class="hole" cx={column * 100 + 50} cy={row * 100 + 50} r="41" />))}
      {PIECES.map(([column, row, seat]) => (
        <g class={`p${seat + 1}`} transform={`translate(${column * 100} ${row * 100})`}>
          <Piece seat={seat} />
        </g>
      ))}
      <g class="p1 art-drop" transform="translate(400 100)">
        <g class="art-fall">
          <Piece seat={0} />
        </g>
      </g>
    </svg>
  );
}
