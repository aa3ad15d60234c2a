// The rules as ours check them: column free, four in a line through the last disc, board full.
const COLUMNS = 7;
const ROWS = 6;
const DIRECTIONS = [[1, 0], [0, 1], [1, 1], [1, -1]];

/** The row in which a disc comes to rest, or -1. `board` has 42 cells from the top left. */
function landingRow(board, column, empty) {
  if (!Number.isInteger(column) || column < 0 || column >= COLUMNS) return -1;
  for (let row = ROWS - 1; row >= 0; row--) if (board[row * COLUMNS + column] === empty) return row;
  return -1;
}

function makesLine(board, row, column, seat) {
  for (const [down, right] of DIRECTIONS) {
    let length = 1;
    for (const sign of [1, -1]) {
      let y = row + sign * down;
      let x = column + sign * right;
      while (y >= 0 && y < ROWS && x >= 0 && x < COLUMNS && board[y * COLUMNS + x] === seat) {
        length++;
        y += sign * down;
        x += sign * right;
      }
    }
    if (length >= 4) return true;
  }
  return false;
}

module.exports = { COLUMNS, ROWS, landingRow, makesLine };
