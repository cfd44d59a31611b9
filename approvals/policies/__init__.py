"""Pure decisions of the kernel: calendars, the steps of a clock, the form in which trail rows are sealed."""
