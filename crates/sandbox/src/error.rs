//! What the sandbox can answer to the program that it runs in.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use synctera_api::runtime::ErrorCode;

use crate::model::ApiError;
use crate::model::calendar::{EARLIEST, LATEST};
use crate::model::settings::SettingError;
use crate::store;
use crate::store::ledger_audit::LedgerAudit;

/// Why a sandbox did not start, or did not do what a method of [`Sandbox`](crate::Sandbox) asks for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// A key is for something that is not a workspace.
    #[error("{0} is not a workspace: its name is two numbers, like 1_2")]
    Workspace(String),
    /// An API key that no request can carry, or one for two workspaces. Carries the reason, without
    /// the key.
    #[error("{0}")]
    ApiKey(&'static str),
    /// A control token that no request can carry. Carries the reason, without the token.
    #[error("{0}")]
    ControlToken(&'static str),
    /// A name that no host can have.
    #[error("{0} is not the name of a host, like sandbox or bank.example")]
    HostName(String),
    /// The clock cannot be held at this moment: the calendar of banking days does not reach so far.
    #[error("the clock cannot be held at {0}: it goes from {EARLIEST} to {LATEST}")]
    Clock(DateTime<Utc>),
    /// A setting that the sandbox is to start with is out of its range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Webhooks cannot be sent: the HTTP client does not start.
    #[error("webhooks cannot be sent: {0}")]
    Webhooks(String),
    /// Another running sandbox has the data file open.
    #[error("{} is in use by another sandbox: stop it, or keep the data elsewhere", .0.display())]
    InUse(PathBuf),
    /// The data file cannot be used: it is another program's, or of a version whose files this one
    /// cannot read, or the system does not let it be opened. It is left as it is.
    #[error("cannot use {}: {reason}", .path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// The storage cannot be read or written: the disk is full or fails, or the data file was
    /// deleted while the sandbox ran. Books that do not add up are
    /// [`Error::LedgerDoesNotAddUp`].
    #[error("{0}")]
    Store(String),
    /// The call is refused: what it names does not exist, or a rule forbids it. The state is
    /// unchanged.
    #[error("{detail}")]
    Refused {
        /// The platform's code for the reason.
        code: ErrorCode,
        /// The reason.
        detail: String,
    },
    /// The clock moved, and a job that fell due failed, which is a defect of the sandbox. The other
    /// jobs were done. Carries the job and the reason, of the last one if several failed.
    #[error("a job failed: {0}")]
    FailedJob(String),
    /// The ledger does not add up, which is a defect of the sandbox.
    #[error("the ledger does not add up: {0}")]
    LedgerDoesNotAddUp(Box<LedgerAudit>),
    /// Something else failed inside the sandbox, which is a defect of it.
    #[error("{0}")]
    Internal(String),
}

impl From<ApiError> for Error {
    fn from(refusal: ApiError) -> Self {
        match refusal {
            ApiError::Problem(problem) => {
                Self::Refused { detail: problem.explained(), code: problem.code }
            }
            ApiError::Storage(why) => why.into(),
            other => Self::Internal(other.reason()),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::File { path, reason } => Self::DataFile { path, reason },
            other => Self::Store(other.to_string()),
        }
    }
}
