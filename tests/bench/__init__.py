"""Measurements of the intake: `script/bench` prints them beside their targets.

Nothing here is a test; no wall clock fails a build.
"""
