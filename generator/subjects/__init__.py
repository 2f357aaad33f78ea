"""One room a subject: what is found, decided and drawn of it; files without underscore are plugins."""
