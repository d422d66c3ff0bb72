-- A person may have several sheets in hand when a session is over: a draft for each, named by person and sheet.
alter table draft add column person bytea;
update draft set person = name;
alter table draft alter column person set not null;
create index draft_of on draft (person, kept_at);
drop index session_of;
