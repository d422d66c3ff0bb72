"""Events to rows: one module per emitting service, pure; `apply` loads, folds and saves a batch."""
