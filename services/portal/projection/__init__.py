"""Events to rows: one module per emitting service, pure; `apply` loads, folds and saves a batch."""

TABLES = (
    "case_view", "case_tag", "clock_view", "alert_view", "timeline", "stuck_view", "box_view", "slips_view", "tally",
)  # fmt: skip
"""Everything the projection writes, and nothing else: what `donthu replay portal` builds anew from the stream."""
VIEWS = ("standing", "tagged")
"""What the projection reads through, made of those tables."""
