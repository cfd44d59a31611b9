"""Screens of the desk: orders, hand entry, imports, raw inputs."""
