"""The Socket.IO application on namespace `/`: ties connections to seats and sends what was committed.

The way of a message is short and in a fixed order: size (the transport's limits), decoding into a
closed type (in the transport, one pass), rate, room. Decoding comes before the rate because it
costs less than the refusal would. No game rule is in here, and nothing waits.
"""
