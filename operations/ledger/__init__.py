"""`donthu ledger`: the equations "nothing lost, nothing doubled" over every place that keeps a part of the truth."""
