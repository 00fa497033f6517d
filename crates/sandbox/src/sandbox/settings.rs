//! The settings of a running sandbox.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Sandbox;
use crate::model::settings::{SettingError, Settings};

impl Sandbox {
    /// The settings as they are now. [`Settings::list`] and [`Settings::get`] say what each accepts,
    /// its default and why it is a setting.
    pub fn settings(&self) -> Settings {
        Settings::clone(&self.app.engine.settings())
    }

    /// Changes one setting by its name, from the next request on. It lasts until the sandbox is
    /// stopped or reset.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// sandbox.set_setting("ach_return_code", "R02")?;
    /// assert_eq!(sandbox.settings().ach_return_code, "R02");
    /// let error = sandbox.set_setting("webhook_order", "sideways").unwrap_err();
    /// assert_eq!(error.to_string(), "webhook_order takes per_resource, any or newest_first");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SettingError`] names the setting and what it accepts.
    pub fn set_setting(&self, name: &str, value: impl Into<Value>) -> Result<(), SettingError> {
        self.set_settings([(name, value)])
    }

    /// Changes several settings by their names: all of them, or none. Of two values for one name the
    /// last counts.
    ///
    /// # Errors
    /// [`SettingError`] names the first setting that cannot be changed, and what it accepts.
    pub fn set_settings<N: Into<String>, V: Into<Value>>(
        &self,
        changes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), SettingError> {
        let changes: BTreeMap<String, Value> =
            changes.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self.app.engine.change_settings(&changes)
    }

    /// Changes settings through their fields: all that the function changes, or none.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// sandbox.update_settings(|settings| {
    ///     settings.ach_hold_days = 0;
    ///     settings.webhook_copies = 2;
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SettingError`] names a setting that accepts no such value.
    pub fn update_settings(&self, update: impl FnOnce(&mut Settings)) -> Result<(), SettingError> {
        let before = self.settings();
        let mut after = before.clone();
        update(&mut after);
        // By name, so that what others change meanwhile stays.
        let changed = after.list().into_iter().zip(before.list());
        let changed = changed.filter(|(after, before)| after.value != before.value);
        self.set_settings(changed.map(|(after, _)| (after.name, after.value)))
    }
}
