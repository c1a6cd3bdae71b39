"""DOOR: a browser or WeChat's servers called."""
