"""WAY OUT to whoever proposes wording: an endpoint that understands OpenAI's chat completions. Off by default."""
