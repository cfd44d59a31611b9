"""What every floor uses. Imports no app and holds no model; a new room here needs an ADR."""
