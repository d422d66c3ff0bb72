"""Pure decisions of routing, one module each: competence, exclusion, proposal, confirmation."""
