"""Pure decisions of the catalogue: plain data in, plain data out."""
