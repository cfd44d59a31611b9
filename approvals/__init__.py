"""The kernel of authority: trail, clock, background work. See README.md."""
