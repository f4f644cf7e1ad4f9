"""The engine's front door: every face (screen, plain, JSON) starts, steers and reads runs through it."""
