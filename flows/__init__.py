"""STORIES: one file is one thing the business does, start to end."""
