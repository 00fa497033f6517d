//! What the sandbox can answer to the program that it runs in.

use std::net::SocketAddr;
use std::path::PathBuf;

use synctera_api::runtime::ErrorCode;

use crate::model::ApiError;
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
    /// A setting that the sandbox is to start with is out of its range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Webhooks cannot be sent: the HTTP client does not start.
    #[error("webhooks cannot be sent: {0}")]
    Webhooks(String),
    /// Another running sandbox has the data file open.
    #[error("{} is in use by another sandbox: stop it, or keep the data elsewhere", .0.display())]
    InUse(PathBuf),
    /// The storage cannot be opened, read or written.
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
                Self::Refused { code: problem.code, detail: problem.detail }
            }
            ApiError::Storage(why) => Self::Store(why),
            other => Self::Internal(other.into_problem().detail),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error.to_string())
    }
}
