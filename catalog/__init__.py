"""WAY OUT to the operators' files: read, check, keep the last good version, find words and items in it."""
