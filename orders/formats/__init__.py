"""How each door's bodies read: pure functions from parsed input to drafts. No database, no clock."""
