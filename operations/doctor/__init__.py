"""`donthu doctor`: looks at everything an operator answers for, and says of each fault what to do."""
