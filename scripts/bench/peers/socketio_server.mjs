// socket.io with the events of our echo, set up fairly: no compression, no state recovery.
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, heartbeat] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, {
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  pingInterval: heartbeat,
  pingTimeout: heartbeat,
});

io.on("connection", (socket) => {
  socket.on("message-with-ack", (...args) => args.pop()(...args));
  socket.on("enter", (room, answer) => {
    socket.join(room);
    answer?.();
  });
  socket.on("flood", (room, count, payload, perTurn = 5) => {
    let left = count;
    const turn = () => {
      for (let index = 0; index < perTurn && left > 0; index++, left--) io.to(room).emit("flooded", payload);
      if (left > 0) setImmediate(turn);
    };
    turn();
  });
});

http.listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
