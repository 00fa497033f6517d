//! The operations of the control API.

use super::table::{ControlRow, control};

pub(super) const CONTROL: &[ControlRow] = &[
    control(
        "`GET /sandbox`",
        "`state`, `counts`",
        "The clock, the workspaces, resources by kind, what is served, jobs that failed (each is a defect)",
    ),
    control(
        "`GET /sandbox/health`",
        "`is_running`",
        "Whether it is [ready](#when-it-is-ready), with 200 or 503",
    ),
    control(
        "`GET /sandbox/operations`",
        "`served_operations`, `unserved_operations`",
        "What it serves, and what answers 501",
    ),
    control(
        "`GET /sandbox/control.json`",
        "`control_document`",
        "The control API as an [OpenAPI document](#for-other-languages)",
    ),
    control(
        "`GET /sandbox/openapi.json`",
        "`openapi_document`, `older_openapi_document`",
        "The platform's interface as it is served, as an [OpenAPI document](#for-other-languages); with `?version=v0` the operations that only the older documents have",
    ),
    control(
        "`GET /sandbox/clock`",
        "`now`, `clock`, `is_clock_held`",
        "The moment, and whether the clock is held",
    ),
    control(
        "`POST /sandbox/clock`",
        "`advance`, `advance_banking_days`, `advance_to_next_banking_day`, `advance_to`, `hold_clock`, `run_clock`",
        "Moves the clock: `{\"advance\": {\"days\": 1, \"hours\": 2}}`, `{\"advance\": {\"banking_days\": 2}}`, `{\"set\": \"2026-12-01T00:00:00Z\"}`, `{\"run\": \"held\"}`, `{\"run\": \"real\"}`. At most 3,660 days at once. What falls due on the way is done, in order; requests are served in between",
    ),
    control(
        "`GET /sandbox/jobs`",
        "`done_jobs`",
        "What was done by the clock, the last first, since the start, the last reset or restored snapshot: shows what happened when the clock was moved; `?limit=` up to 1000",
    ),
    control(
        "`GET /sandbox/banking_days`",
        "`banking_days`",
        "Whether a date is a banking day, and the next and the previous one; with `?date=2026-11-24&add=3` of another date, and 3 banking days later; when the next ACH files leave and statements are made",
    ),
    control(
        "`GET /sandbox/settings`",
        "`settings`",
        "All settings: value, default, accepted values, reason",
    ),
    control(
        "`PATCH /sandbox/settings`",
        "`set_setting`, `set_settings`, `update_settings`",
        "Changes settings, all that are named or none: `{\"webhook_copies\": 2}`. They last until the sandbox is stopped or reset",
    ),
    control("`GET /sandbox/faults`", "`faults`", "The faults that requests still meet"),
    control("`POST /sandbox/faults`", "`add_fault`", "Makes requests fail; see [below](#faults)"),
    control("`DELETE /sandbox/faults`", "`clear_faults`", "Removes all faults"),
    control("`DELETE /sandbox/faults/{number}`", "`remove_fault`", "Removes one"),
    control("`GET /sandbox/keys`", "`api_keys`", "The API keys, without the keys themselves"),
    control(
        "`POST /sandbox/keys`",
        "`create_workspace`, `create_api_key`, `add_api_key`",
        "`{}` makes [a workspace that nobody has used](#a-workspace-for-each-test), and a key for it; `{\"workspace\": \"2_1\"}` a key for this one, which is made if it is new. The key is shown this once. With `\"api_key\": \"secret\"` a given one is accepted",
    ),
    control("`DELETE /sandbox/keys/{id}`", "`remove_api_key`", "Stops accepting a key"),
    control(
        "`GET /sandbox/fixtures`",
        "`fixtures`",
        "What the entries of [fixtures](#fixtures) created: their names, journeys and ids",
    ),
    control(
        "`GET /sandbox/check`",
        "`audit`",
        "Recomputes every balance and hold from the postings, and counts closed accounts with a balance: `adds_up`, and 500 if not",
    ),
    control(
        "`GET /sandbox/deliveries`",
        "`webhook_queue`",
        "The number of events on their way to webhooks, and of those that are due; one that waits for an \
         earlier event of its resource is not. Of the next hundred, when each is sent and why the last \
         attempt failed",
    ),
    control(
        "`POST /sandbox/deliveries/settle`",
        "`deliver_webhooks`",
        "Delivers every event that is due, and waits for it",
    ),
    control(
        "`POST /sandbox/events`",
        "`raise_event`",
        "`{\"type\": \"CARD.UPDATED\", \"resource_id\"}` raises an event about one resource, which stays as it is, for each webhook that wants it",
    ),
    control(
        "`POST /sandbox/webhook_signatures`",
        "`check_webhook_signature`",
        "`{\"workspace\", \"timestamp\", \"signature\", \"body\"}` says whether a delivery is signed by a secret of the workspace: its headers `Request-Timestamp` and `Synctera-Signature` and its exact body. If not, what is probably wrong",
    ),
    control(
        "`POST /sandbox/alerts`",
        "`raise_alert`",
        "`{\"party_id\", \"type\"}` raises a monitoring alert",
    ),
    control(
        "`POST /sandbox/stop_payments`",
        "`stop_payment`",
        "`{\"account_id\", \"originator_name\"}` stops an originator's debits",
    ),
    control(
        "`POST /sandbox/account_statuses`",
        "`set_account_status`",
        "`{\"account_id\", \"status\", \"note\"}` sets the status of an account, as the platform's staff does, such as `FAILED_KYC`; `CHARGED_OFF` writes off what is owed. Rules change it again only once it is set to `ACTIVE_OR_DISBURSED`",
    ),
    control(
        "`POST /sandbox/bans`",
        "`ban_person`",
        "`{\"person_id\"}` bans an identity: everybody with the social security number of this person, or with the name and the day of birth, now or later",
    ),
    control("`DELETE /sandbox/bans/{person_id}`", "`lift_ban`", "Lifts the bans on this identity"),
    control(
        "`POST /sandbox/three_ds`",
        "`authenticate_cardholder`",
        "`{\"card_id\", \"amount\"}` has a merchant ask for the cardholder by 3-D Secure, who enters a one-time password wrongly with `\"is_answered\": false`; raises `CARD.THREE_DS.*`",
    ),
    control(
        "`POST /sandbox/application_decisions`",
        "`decide_application`",
        "`{\"application_id\", \"decision\": \"APPROVED\"}` decides on an application, as an operator does: `APPROVED`, `DENIED`, `INFO_REQUESTED`; with `credit_limit`, `interest_rate`, `rejection_reasons`, `account_template_id`",
    ),
    control(
        "`POST /sandbox/fdx_tokens`",
        "`exchange_fdx_code`, `refresh_fdx_token`, `revoke_fdx_token`",
        "Does what a reader of data does in Plaid Core Exchange: `{\"authorization_code\"}` gives tokens for the code of a granted request, `{\"refresh_token\"}` new ones for the id of a refresh token, `{\"revoke\"}` gives up the token of an id, and all of the same request",
    ),
    control("`GET /sandbox/snapshots`", "`snapshot`", "The snapshots that were taken by a request"),
    control(
        "`POST /sandbox/snapshots`",
        "`snapshot`",
        "Takes a snapshot of everything: `{\"name\": \"before\"}`; see [below](#snapshots)",
    ),
    control(
        "`GET /sandbox/snapshots/{name}/file`",
        "`save`",
        "The file of a snapshot, for `--from`",
    ),
    control(
        "`POST /sandbox/snapshots/{name}/restore`",
        "`restore`",
        "Replaces everything by what the snapshot holds, the clock and the settings included",
    ),
    control("`DELETE /sandbox/snapshots/{name}`", "`snapshot`", "Removes a snapshot"),
    control("`GET /sandbox/forks`", "`fork`", "The [forks](#forks) that there are"),
    control(
        "`POST /sandbox/forks`",
        "`fork`",
        "Makes a fork of everything, or with `{\"snapshot\": \"before\"}` of a snapshot: `{\"name\": \"refunds\"}`",
    ),
    control("`DELETE /sandbox/forks/{name}`", "`fork`", "Removes a fork; in Rust it is dropped"),
    control(
        "`GET /sandbox/log`",
        "`request_log`",
        "The requests that it was sent, newest first; see [below](#request-log): `?limit=` up to 500, `before=` and `after=` with the number of an entry, `workspace=` with a name or with `none` for requests without a key of the sandbox, `status=` with `404` or `4xx`, `operation=`, `method=`, `code=`, `resource=` with an id in path or bodies",
    ),
    control("`DELETE /sandbox/log`", "`clear_request_log`", "Forgets them"),
    control(
        "`GET /sandbox/log/summary`",
        "`request_log_summary`",
        "Them in figures, of the last 60 minutes by the sandbox's clock or of `?minutes=`, and of one `workspace=`: by operation the number, the errors and the microseconds within which 50 and 99 of 100 were answered, in all and by minute; errors by operation and code",
    ),
    control(
        "`GET /sandbox/log/{number}`",
        "`logged_request`",
        "One of them, with its bodies, the entries of the ledger that it posted and the events that it raised",
    ),
    control(
        "`POST /sandbox/reset`",
        "`reset`",
        "Goes back to the start: to nothing, or to the snapshot that it was started from; `POST /v0/wipe` empties one workspace",
    ),
];
