"""Sans-I/O protocols: Engine.IO v4, Socket.IO v5, WebSocket frames and the application's messages."""
