"""Measurements of the intake: `script/bench` prints them beside their targets. No test, and no wall clock fails a build."""
