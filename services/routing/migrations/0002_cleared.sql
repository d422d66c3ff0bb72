-- What protects a letter until a named person answers.
alter table classification
    -- The sender gave a name; without one nothing is a denunciation.
    add column named boolean not null default true,
    -- A named person who is not complained of said that nothing in it denounces anybody.
    add column cleared boolean not null default false;
update classification set cleared = true where not possible and status in ('confirmed', 'transferred');
