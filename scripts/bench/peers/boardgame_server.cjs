// boardgame.io with its defaults: matches in memory, the whole state to each client after a move.
const { Server, SocketIO } = require("boardgame.io/server");
const { INVALID_MOVE } = require("boardgame.io/core");
const { COLUMNS, ROWS, landingRow, makesLine } = require("./four_in_a_row.cjs");

const [port, heartbeat] = process.argv.slice(2).map(Number);

const connectFour = {
  name: "connect-four",
  setup: () => ({ board: Array(ROWS * COLUMNS).fill(null), winner: null, dropped: 0 }),
  minPlayers: 2,
  maxPlayers: 2,
  turn: { minMoves: 1, maxMoves: 1 },
  moves: {
    drop: ({ G, playerID }, column) => {
      const row = landingRow(G.board, column, null);
      if (row < 0) return INVALID_MOVE;
      G.board[row * COLUMNS + column] = playerID;
      G.dropped++;
      if (makesLine(G.board, row, column, playerID)) G.winner = playerID;
    },
  },
  endIf: ({ G }) => {
    if (G.winner !== null) return { winner: G.winner };
    if (G.dropped === ROWS * COLUMNS) return { draw: true };
  },
};

const server = Server({
  games: [connectFour],
  origins: [],
  transport: new SocketIO({
    socketOpts: { pingInterval: heartbeat, pingTimeout: heartbeat, perMessageDeflate: false },
  }),
});
server.run({ port, callback: () => {} });
process.on("SIGTERM", () => process.exit(0));
