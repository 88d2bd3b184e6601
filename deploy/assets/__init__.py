"""Makes what pages need in a browser: one style sheet, one script, icons and fonts."""
