-- All that names the engine's tables and functions.

-- Makes a run due at a moment: its job is added, or moved when it is there and not claimed.
create or replace function synctera_runs.enqueue(run_id bigint, at timestamptz) returns void
language sql
as $$
    select synctera_queue.add_job(
        identifier => runs.journey,
        payload => json_build_object('run', runs.id),
        run_at => at,
        max_attempts => 32767,
        job_key => 'run ' || runs.id,
        priority => runs.priority,
        flags => case when runs.tenant is null then null else array['tenant ' || runs.tenant] end
    )
    from synctera_runs.runs where runs.id = run_id;
$$;

-- Removes the job of a run that no worker has.
create or replace function synctera_runs.dequeue(run_id bigint) returns void
language sql
as $$
    select synctera_queue.remove_job('run ' || run_id);
$$;

-- Whether a worker has claimed a job that has not been replaced since; locks the job. The engine takes
-- the key from a job that it replaces.
create or replace function synctera_runs.has_claim(job_id bigint, by_worker text) returns boolean
language plpgsql
as $$
begin
    perform from synctera_queue._private_jobs as jobs
    where jobs.id = job_id and jobs.locked_by = by_worker and jobs.key is not null
    for update;
    return found;
end;
$$;

-- Ends a job, unless its worker has lost it.
create or replace function synctera_runs.end_job(job_id bigint, by_worker text) returns void
language sql
as $$
    delete from synctera_queue._private_jobs where id = job_id and locked_by = by_worker;
$$;
