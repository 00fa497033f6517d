//! Resolving monitoring alerts.

use synctera_api::Error;
use synctera_api::runtime::MonitoringAlertId;

use crate::Synctera;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{MonitoringAlert, MonitoringAlertPatch, MonitoringStatus};

impl Synctera {
    /// Resolves a monitoring alert, after a false match or once it was handled: its status becomes
    /// `SUPPRESSED`. An alert with that status is returned unchanged.
    ///
    /// List the alerts to find the open ones: their status is `ACTIVE`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::{Address, OnboardCustomer, PersonDetails, Synctera};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
    /// #     .email("ada@example.com")
    /// #     .phone_number("+14155550123")
    /// #     .ssn("456-78-9012")
    /// #     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    /// # let signup = OnboardCustomer::new(ada).consented().monitoring();
    /// # let person = client.onboard_customer(&signup).await?.accepted()?.person.id;
    /// # sandbox.raise_alert(person, &synctera::types::MonitoringAlertType::Watchlist)?;
    /// use synctera::ResolveAlert;
    /// use synctera::types::{ListMonitoringAlertsQuery, MonitoringStatus};
    ///
    /// let mut alerts = client.list(ListMonitoringAlertsQuery::default());
    /// while let Some(alert) = alerts.try_next().await? {
    ///     if let (Some(id), Some(MonitoringStatus::Active)) = (alert.id, alert.status) {
    ///         println!("{:?} about {:?}: {:?}", alert.type_, alert.person_id, alert.title);
    ///         client.resolve_alert(&ResolveAlert::new(id)).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: 404 for an unknown alert.
    pub fn resolve_alert(&self, request: &ResolveAlert) -> Run<'static, ResolveAlert> {
        Run::new(self, request)
    }
}

/// A request to resolve a monitoring alert; see [`Synctera::resolve_alert`].
#[derive(Clone, Debug)]
pub struct ResolveAlert {
    alert: MonitoringAlertId,
}

impl ResolveAlert {
    /// Resolves this alert.
    pub fn new(alert: MonitoringAlertId) -> Self {
        Self { alert }
    }
}

impl Sealed for ResolveAlert {}

impl Journey for ResolveAlert {
    type Outcome = MonitoringAlert;

    const NAME: &'static str = "resolve_alert";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<MonitoringAlert, Error> {
        let id = self.alert;
        let known = steps.api().get_monitoring_alert(id).await?.into_inner();
        if known.status == Some(MonitoringStatus::Suppressed) {
            return Ok(known);
        }
        let body = MonitoringAlertPatch {
            status: MonitoringStatus::Suppressed.into(),
            ..MonitoringAlertPatch::default()
        };
        steps.write("", |api| api.update_monitoring_alert(id, &body), |()| id.to_string()).await?;
        // The answer to the update does not contain the alert.
        Ok(steps.api().get_monitoring_alert(id).await?.into_inner())
    }
}
