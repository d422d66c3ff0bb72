"""casework: what the holder and the competent person do with a case, each act with actor, document, date, basis."""
