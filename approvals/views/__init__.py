"""Pages of the kernel by audience."""
