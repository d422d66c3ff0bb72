-- When an alert was raised, in case time. Null: from before this column.
alter table alert add column raised_at timestamptz;
