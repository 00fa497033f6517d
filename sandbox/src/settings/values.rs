//! Settings by their names: listed with what they mean, and set from text or JSON.

use chrono::Weekday;
use serde_json::{Value, json};

use super::{DayCount, WebhookOrder};

/// One setting, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is now.
    pub value: Value,
    /// What it is when nobody sets it.
    pub default: Value,
    /// The values that it takes, where there are few.
    pub takes: &'static str,
    /// What it does, and why it is a setting.
    pub reason: String,
}

/// Why a setting was not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// There is none of this name.
    #[error("there is no setting {0}")]
    Unknown(String),
    /// It takes other values.
    #[error("{name} takes {takes}")]
    Value {
        /// The setting.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
    },
}

/// Documentation as one line of text.
pub(super) fn plain(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A type that a setting has.
pub(super) trait Known: Sized {
    /// What values there are.
    const TAKES: &'static str;
    fn shown(&self) -> Value;
    fn read(value: &Value) -> Option<Self>;
}

impl Known for bool {
    const TAKES: &'static str = "true or false";
    fn shown(&self) -> Value {
        json!(self)
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Known for String {
    const TAKES: &'static str = "a text of at most 2000 characters";
    fn shown(&self) -> Value {
        json!(self)
    }
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        (text.chars().count() <= 2000).then(|| text.to_owned())
    }
}

impl Known for u32 {
    const TAKES: &'static str = "a whole number, 0 to 1000000";
    fn shown(&self) -> Value {
        json!(self)
    }
    fn read(value: &Value) -> Option<Self> {
        // More would leave the calendar.
        u32::try_from(value.as_u64()?).ok().filter(|number| *number <= 1_000_000)
    }
}

/// The values of an enum that is a setting.
macro_rules! one_of {
    ($type:ty, $takes:literal, $($name:literal = $value:expr),*) => {
        impl Known for $type {
            const TAKES: &'static str = $takes;
            fn shown(&self) -> Value {
                $(if *self == $value { return json!($name); })*
                Value::Null
            }
            fn read(value: &Value) -> Option<Self> {
                match value.as_str()? {
                    $($name => Some($value),)*
                    _ => None,
                }
            }
        }
    };
}

one_of!(
    DayCount,
    "actual_365 or actual_actual",
    "actual_365" = DayCount::Actual365,
    "actual_actual" = DayCount::ActualActual
);
one_of!(
    WebhookOrder,
    "per_resource, any or newest_first",
    "per_resource" = WebhookOrder::PerResource,
    "any" = WebhookOrder::Any,
    "newest_first" = WebhookOrder::NewestFirst
);
one_of!(
    Weekday,
    "monday to sunday",
    "monday" = Weekday::Mon,
    "tuesday" = Weekday::Tue,
    "wednesday" = Weekday::Wed,
    "thursday" = Weekday::Thu,
    "friday" = Weekday::Fri,
    "saturday" = Weekday::Sat,
    "sunday" = Weekday::Sun
);

/// The settings, each with its meaning, its type and its default, in one place.
macro_rules! settings {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty = $default:expr,)*) => {
        /// What the sandbox does where the platform's documents are silent or disagree.
        ///
        /// Each setting is a guess with a default; change it when you know better.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Settings {
            $($(#[doc = $doc])* pub $name: $type,)*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Settings {
            /// All of them, with their defaults and what they mean.
            pub fn list(&self) -> Vec<Setting> {
                let defaults = Self::default();
                vec![$(Setting {
                    name: stringify!($name),
                    value: self.$name.shown(),
                    default: defaults.$name.shown(),
                    takes: <$type as Known>::TAKES,
                    reason: plain(concat!($($doc, "\n"),*)),
                },)*]
            }

            /// Sets one by its name, to a JSON value of its type.
            ///
            /// # Errors
            /// When there is none of this name, or it takes no such value.
            pub fn set(&mut self, name: &str, value: &serde_json::Value) -> Result<(), SettingError> {
                match name {
                    $(stringify!($name) => {
                        let takes = <$type as Known>::TAKES;
                        let wrong = SettingError::Value { name: stringify!($name), takes };
                        self.$name = <$type as Known>::read(value).ok_or(wrong)?;
                    })*
                    _ => return Err(SettingError::Unknown(name.to_owned())),
                }
                Ok(())
            }
        }
    };
}

pub(super) use settings;

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn every_setting_is_told_with_its_default_and_can_be_set_to_it() {
        let mut settings = Settings::default();
        for setting in Settings::default().list() {
            assert_eq!(setting.value, setting.default);
            assert!(setting.reason.contains("Default: "), "{}", setting.name);
            settings.set(setting.name, &setting.default).unwrap();
        }
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn what_a_setting_does_not_take_is_refused_with_what_it_takes() {
        let mut settings = Settings::default();
        settings.set("webhook_order", &json!("any")).unwrap();
        assert_eq!(settings.webhook_order, WebhookOrder::Any);
        let error = settings.set("webhook_order", &json!("sideways")).unwrap_err();
        assert_eq!(error.to_string(), "webhook_order takes per_resource, any or newest_first");
        let error = settings.set("ach_hold_days", &json!(-1)).unwrap_err();
        assert!(error.to_string().contains("whole number"), "{error}");
        let error = settings.set("mood", &json!(1)).unwrap_err();
        assert_eq!(error, SettingError::Unknown("mood".to_owned()));
    }
}
