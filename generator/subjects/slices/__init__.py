"""Which rows err more than others of their kind."""
