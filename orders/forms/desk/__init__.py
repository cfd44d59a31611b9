"""Forms of the desk: what agents and importers fill in."""
