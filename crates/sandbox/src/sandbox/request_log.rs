//! The log of the requests that the sandbox was sent.

use super::Sandbox;
use crate::error::Error;
use crate::server::request_log::{LogFilter, LogSummary, LoggedRequest};

impl Sandbox {
    /// The requests of the platform's operations that a filter selects, newest first, with their bodies
    /// and without secrets. [`SandboxBuilder::request_log`](crate::SandboxBuilder::request_log) turns the
    /// log on. It has the newest 100,000 requests, and the bodies of the newest 32 MB of bodies.
    ///
    /// ```
    /// use synctera_sandbox::{LogFilter, Sandbox};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = Sandbox::builder().request_log(true).start().await?;
    /// let refused = sandbox.request_log(&LogFilter::new().status_class(4))?;
    /// assert!(refused.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] when the log is off.
    pub fn request_log(&self, filter: &LogFilter) -> Result<Vec<LoggedRequest>, Error> {
        Ok(self.app.log()?.list_whole(filter))
    }

    /// A request by its [number](LoggedRequest::number), if the log has it.
    ///
    /// # Errors
    /// [`Error::Refused`] when the log is off.
    pub fn logged_request(&self, number: u64) -> Result<Option<LoggedRequest>, Error> {
        Ok(self.app.log()?.find(number, &LogFilter::new()))
    }

    /// The requests of the last minutes by the sandbox's clock in figures: of one workspace, or of all.
    ///
    /// # Errors
    /// [`Error::Refused`] when the log is off.
    pub fn request_log_summary(
        &self,
        workspace: Option<&str>,
        minutes: u32,
    ) -> Result<LogSummary, Error> {
        let filter = workspace.map_or_else(LogFilter::new, |it| LogFilter::new().workspace(it));
        Ok(self.app.log()?.summary(&filter, minutes, self.app.engine.now()))
    }

    /// Forgets the requests of the log, all of them. The numbers of later ones go on.
    ///
    /// # Errors
    /// [`Error::Refused`] when the log is off.
    pub fn clear_request_log(&self) -> Result<(), Error> {
        self.app.log()?.clear();
        Ok(())
    }
}
