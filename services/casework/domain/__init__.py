"""Pure decisions of casework, one module per act."""
