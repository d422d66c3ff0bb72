"""routing: classification by jurisdiction: kind, competence, holder. It proposes; a named person confirms."""
