// Colyseus, rooms in memory, its patch sent at once after each move instead of on a tick.
import { Room, Server } from "@colyseus/core";
import { schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import rules from "./four_in_a_row.cjs";

const { COLUMNS, ROWS, landingRow, makesLine } = rules;
const [port] = process.argv.slice(2).map(Number);
const EMPTY = -1;

const State = schema({
  board: t.array("int8"),
  turn: t.int8(),
  winner: t.int8(),
  dropped: t.int8(),
});

class ConnectFour extends Room {
  maxClients = 2;
  patchRate = null;

  onCreate() {
    const state = new State();
    for (let cell = 0; cell < ROWS * COLUMNS; cell++) state.board.push(EMPTY);
    state.turn = 0;
    state.winner = EMPTY;
    state.dropped = 0;
    this.state = state;
    this.seats = [];
    this.onMessage("drop", (client, column) => {
      const seat = this.seats.indexOf(client.sessionId);
      if (seat !== state.turn || state.winner !== EMPTY || state.dropped === ROWS * COLUMNS) return;
      const row = landingRow(state.board, column, EMPTY);
      if (row < 0) return;
      state.board[row * COLUMNS + column] = seat;
      state.dropped++;
      if (makesLine(state.board, row, column, seat)) state.winner = seat;
      state.turn = 1 - seat;
      this.broadcastPatch();
    });
  }

  onJoin(client) {
    this.seats.push(client.sessionId);
  }
}

const server = new Server({
  greet: false,
  transport: new WebSocketTransport({ pingInterval: 0 }),
});
server.define("connect_four", ConnectFour);
await server.listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
