"""The reception desk: letters, receipts, boxes, slips, separating mixed letters."""
