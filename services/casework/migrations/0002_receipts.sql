-- Corrected days of receipt, for a case that is opened by a confirmation which had not heard of them. The version is that
-- of the petition, so it gives their order.
create table corrected_receipt (
    case_id uuid not null,
    version integer not null,
    was_on date not null,
    received_on date not null,
    primary key (case_id, version)
);
