-- The runs: one row for each, from its beginning until it is deleted by `forget_ended`.
create schema if not exists synctera_runs;

create table if not exists synctera_runs.layout (
    version int primary key,
    applied_at timestamptz not null default now()
);

create table if not exists synctera_runs.runs (
    id bigint generated always as identity primary key,
    journey text not null check (length(journey) between 1 and 64),
    key text not null check (length(key) between 1 and 255),
    tenant text check (length(tenant) between 1 and 255),
    priority smallint not null default 0,
    state text not null default 'queued'
        check (state in ('queued', 'running', 'waiting', 'parked', 'done', 'canceled')),
    -- The attempt of the journey: the next one after a correction.
    attempt int not null default 1 check (attempt between 1 and 32),
    -- Failures since the last success, for the time of the next retry.
    failures int not null default 0,
    -- Raised by each start: an acknowledgement with an older number is refused.
    fence bigint not null default 0,
    worker text,
    -- The engine's job by which the run was started.
    job bigint,
    begun_at timestamptz not null default now(),
    -- The first start: after seven days each step looks before it acts.
    started_at timestamptz,
    last_started_at timestamptz,
    due_at timestamptz,
    ended_at timestamptz,
    -- The id of the resource that a wait is about, and whether an event came while it was polled.
    waits_for uuid,
    is_woken boolean not null default false,
    -- The last failure: names, never a text of the platform.
    kind text check (length(kind) <= 64),
    code text check (length(code) <= 128),
    next_action text check (length(next_action) <= 64),
    operation text check (length(operation) <= 128),
    request_id text check (length(request_id) <= 128),
    unique (journey, key)
);

create index if not exists runs_running on synctera_runs.runs (tenant) where state = 'running';
create index if not exists runs_due on synctera_runs.runs (due_at) where state = 'queued';
create index if not exists runs_parked on synctera_runs.runs (id) where state = 'parked';
create index if not exists runs_awaiting on synctera_runs.runs (waits_for)
    where waits_for is not null;
create index if not exists runs_starts on synctera_runs.runs (tenant, last_started_at)
    where tenant is not null;
create index if not exists runs_ended on synctera_runs.runs (ended_at) where ended_at is not null;

-- Begins a run, in the transaction of the caller: true when it is new.
create or replace function synctera_runs.begin_run(
    journey text,
    key text,
    tenant text default null,
    priority int default 0,
    due_at timestamptz default null
) returns boolean
language plpgsql
as $$
declare
    v_id bigint;
begin
    insert into synctera_runs.runs as runs (journey, key, tenant, priority, begun_at, due_at)
    values (
        begin_run.journey, begin_run.key, begin_run.tenant, begin_run.priority::smallint,
        now(), coalesce(begin_run.due_at, now())
    )
    on conflict on constraint runs_journey_key_key do nothing
    returning runs.id into v_id;
    if v_id is null then
        return false;
    end if;
    perform synctera_runs.enqueue(v_id, coalesce(begin_run.due_at, now()));
    return true;
end;
$$;

-- Starts a run whose job a worker has claimed. No row: it must not be walked. `is_full`: its tenant has
-- as many running, or started, as it may.
create or replace function synctera_runs.start_run(
    run_id bigint,
    job_id bigint,
    by_worker text,
    at timestamptz,
    most_running int default null,
    most_started int default null,
    within interval default null
) returns table (
    journey text, key text, tenant text, attempt int, failures int, fence bigint,
    started_at timestamptz, is_full boolean
)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_run synctera_runs.runs;
    v_is_full boolean := false;
begin
    select * into v_run from synctera_runs.runs where id = run_id for update;
    if v_run.id is null or v_run.state not in ('queued', 'running', 'waiting') then
        return;
    end if;
    -- The job may have been replaced since it was claimed, or the lease of the worker may have passed.
    if not synctera_runs.has_claim(job_id, by_worker) then
        return;
    end if;
    -- Running by another job: two workers would run it. By this one: the response to the start was lost.
    if v_run.state = 'running' and v_run.job is distinct from job_id then
        return;
    end if;
    if v_run.tenant is not null and (most_running is not null or most_started is not null) then
        -- Two workers that start runs of one tenant count one after the other.
        perform pg_advisory_xact_lock(hashtextextended('synctera_runs ' || v_run.tenant, 0));
        v_is_full := v_run.tenant = any (
            synctera_runs.full_tenants(at, most_running, most_started, within, v_run.tenant, run_id)
        );
    end if;
    if v_is_full then
        return query select v_run.journey, v_run.key, v_run.tenant, v_run.attempt, v_run.failures,
            v_run.fence, v_run.started_at, true;
        return;
    end if;
    return query
    update synctera_runs.runs as runs
    set state = 'running', fence = runs.fence + 1, worker = by_worker, job = job_id,
        started_at = coalesce(runs.started_at, at), last_started_at = at
    where runs.id = run_id
    returning runs.journey, runs.key, runs.tenant, runs.attempt, runs.failures, runs.fence,
        runs.started_at, false;
end;
$$;

-- The tenants that may start no run now.
create or replace function synctera_runs.full_tenants(
    at timestamptz,
    most_running int,
    most_started int,
    within interval,
    only_tenant text default null,
    except_run bigint default null
) returns text[]
language sql stable
as $$
    select coalesce(array_agg(distinct tenant), '{}') from (
        select tenant from synctera_runs.runs
        where most_running is not null and state = 'running' and tenant is not null
            and (only_tenant is null or tenant = only_tenant)
            and id is distinct from except_run
        group by tenant having count(*) >= most_running
        union all
        select tenant from synctera_runs.runs
        where most_started is not null and tenant is not null and last_started_at > at - within
            and (only_tenant is null or tenant = only_tenant)
            and id is distinct from except_run
        group by tenant having count(*) >= most_started
    ) as full_ones;
$$;
