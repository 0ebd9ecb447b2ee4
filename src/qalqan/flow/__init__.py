"""The way in its order, and the durable jobs that walk it. `way.py` is the whole program in a few lines."""
