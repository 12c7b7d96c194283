"""The story that the demo data tell; loaded by `program_demo.py` when asked for."""
