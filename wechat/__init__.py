"""WAY OUT to WeChat's servers: opening what they push, sealing what we answer, calling their API."""
