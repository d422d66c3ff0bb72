"""Pure decisions of escalation: clocks (what starts and ends them), ladder (when and which rung), recipients (who)."""
