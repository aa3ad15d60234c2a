"""Engine.IO sessions and Socket.IO namespaces beside aiohttp on one port."""
