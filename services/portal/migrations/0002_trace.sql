-- The last step of a case in its trace, so that the next act of a person goes on with it. Null: from before this column.
alter table case_view add column traceparent text;
