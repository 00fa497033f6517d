//! Settings by their names: listed with what they mean, and set from text or JSON.

use std::fmt;

use chrono::Weekday;
use serde_json::{Value, json};

use super::choices::{ConcurrentKey, DayCount, UnknownQueryParameters, WebhookOrder};
use crate::model::jwe::PublicKey;
use crate::model::outgoing_client::is_url;

/// One setting, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its name, which is also that of its field in [`Settings`](super::Settings).
    pub name: &'static str,
    /// Its value now.
    pub value: Value,
    /// Its value unless it is set.
    pub default: Value,
    /// The values that it accepts.
    pub accepts: SettingType,
    /// What it does, and why it is a setting.
    pub reason: String,
}

/// The type of a setting: the values that it accepts, which its `Display` says in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingType {
    /// `true` or `false`.
    Boolean,
    /// A whole number in this range, both ends included.
    Integer {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
    },
    /// A text.
    Text {
        /// The greatest number of characters.
        max_length: usize,
    },
    /// A URL that begins with `http://` or `https://` and names a host.
    Url {
        /// The greatest number of characters.
        max_length: usize,
    },
    /// A return code of the ACH network: `R` and two digits, of which one is not zero.
    ReturnCode,
    /// A public key on P-256, as a JWK or PEM; or an empty text for none.
    PublicKey,
    /// One of these texts.
    Choice(&'static [&'static str]),
}

impl fmt::Display for SettingType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("true or false"),
            Self::Integer { min, max } => write!(f, "a whole number, {min} to {max}"),
            Self::Text { max_length } => write!(f, "a text of at most {max_length} characters"),
            Self::Url { max_length } => {
                write!(f, "an http or https URL of at most {max_length} characters")
            }
            Self::ReturnCode => f.write_str("a return code of the ACH network, R01 to R99"),
            Self::PublicKey => {
                f.write_str("a public key on P-256 as a JWK or PEM, or an empty text for none")
            }
            Self::Choice(values) => match values {
                [first @ .., last] if !first.is_empty() => {
                    write!(f, "{} or {last}", first.join(", "))
                }
                values => f.write_str(&values.concat()),
            },
        }
    }
}

/// Why a setting was not read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// There is no setting of this name.
    #[error("there is no setting {name}{}", meant(*nearest))]
    Unknown {
        /// The name.
        name: String,
        /// The name of a setting that is like it.
        nearest: Option<&'static str>,
    },
    /// The setting accepts other values.
    #[error("{name} takes {accepts}")]
    Value {
        /// The setting.
        name: &'static str,
        /// The values that it accepts.
        accepts: SettingType,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; there is {name}")).unwrap_or_default()
}

/// The characters of a text.
const TEXT_MAX: usize = 2000;
/// The greatest number: more days would leave the calendar.
const NUMBER_MAX: u32 = 1_000_000;

/// Documentation as one line of text.
pub(crate) fn plain(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A type that a setting has, or, as [`Url`], what its value is beside its type.
pub(crate) trait Known {
    type Value;
    /// The values that it accepts.
    const TYPE: SettingType;
    fn rendered(value: &Self::Value) -> Value;
    fn read(value: &Value) -> Option<Self::Value>;
}

impl Known for bool {
    type Value = Self;
    const TYPE: SettingType = SettingType::Boolean;
    fn rendered(value: &Self) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Known for String {
    type Value = Self;
    const TYPE: SettingType = SettingType::Text { max_length: TEXT_MAX };
    fn rendered(value: &Self) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        (text.chars().count() <= TEXT_MAX).then(|| text.to_owned())
    }
}

/// A text that is a URL.
pub(crate) enum Url {}

impl Known for Url {
    type Value = String;
    const TYPE: SettingType = SettingType::Url { max_length: TEXT_MAX };
    fn rendered(value: &String) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<String> {
        String::read(value).filter(|url| is_url(url))
    }
}

impl Known for u32 {
    type Value = Self;
    const TYPE: SettingType = SettingType::Integer { min: 0, max: NUMBER_MAX };
    fn rendered(value: &Self) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<Self> {
        u32::try_from(value.as_u64()?).ok().filter(|number| *number <= NUMBER_MAX)
    }
}

/// A number of a smaller range.
pub(crate) struct Between<const MIN: u32, const MAX: u32>;

impl<const MIN: u32, const MAX: u32> Known for Between<MIN, MAX> {
    type Value = u32;
    const TYPE: SettingType = SettingType::Integer { min: MIN, max: MAX };
    fn rendered(value: &u32) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<u32> {
        u32::read(value).filter(|number| (MIN..=MAX).contains(number))
    }
}

/// A text that is a return code of the ACH network.
pub(crate) enum ReturnCode {}

impl Known for ReturnCode {
    type Value = String;
    const TYPE: SettingType = SettingType::ReturnCode;
    fn rendered(value: &String) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<String> {
        String::read(value).filter(|code| match code.as_bytes() {
            [b'R', digits @ ..] if digits.len() == 2 => {
                digits.iter().all(u8::is_ascii_digit) && digits != b"00"
            }
            _ => false,
        })
    }
}

/// A text that is a public key, or empty.
pub(crate) enum Key {}

impl Known for Key {
    type Value = String;
    const TYPE: SettingType = SettingType::PublicKey;
    fn rendered(value: &String) -> Value {
        json!(value)
    }
    fn read(value: &Value) -> Option<String> {
        String::read(value).filter(|key| key.is_empty() || PublicKey::read(key).is_some())
    }
}

/// The values of an enum that is a setting.
macro_rules! one_of {
    ($type:ty, $($name:literal = $value:expr),*) => {
        impl Known for $type {
            type Value = Self;
            const TYPE: SettingType = SettingType::Choice(&[$($name),*]);
            fn rendered(value: &Self) -> Value {
                $(if *value == $value { return json!($name); })*
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

one_of!(DayCount, "actual_365" = DayCount::Actual365, "actual_actual" = DayCount::ActualActual);
one_of!(
    ConcurrentKey,
    "conflict" = ConcurrentKey::Conflict,
    "unprocessable" = ConcurrentKey::Unprocessable,
    "wait" = ConcurrentKey::Wait
);
one_of!(
    UnknownQueryParameters,
    "ignore" = UnknownQueryParameters::Ignore,
    "refuse" = UnknownQueryParameters::Refuse
);
one_of!(
    WebhookOrder,
    "per_resource" = WebhookOrder::PerResource,
    "any" = WebhookOrder::Any,
    "newest_first" = WebhookOrder::NewestFirst
);
one_of!(
    Weekday,
    "monday" = Weekday::Mon,
    "tuesday" = Weekday::Tue,
    "wednesday" = Weekday::Wed,
    "thursday" = Weekday::Thu,
    "friday" = Weekday::Fri,
    "saturday" = Weekday::Sat,
    "sunday" = Weekday::Sun
);

/// What says which values a setting accepts: a type of its own, or that of its field.
macro_rules! known {
    ($type:ty) => {
        $type
    };
    ($type:ty, $known:ty) => {
        $known
    };
}

/// The settings, each with its meaning, its type (`as` what else it is) and its default, in one place.
macro_rules! settings {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty $(as $known:ty)? = $default:expr,)*) => {
        /// What the sandbox does where the platform's documents are silent or disagree.
        ///
        /// Each is a guess with a default: change it when you know what the platform does.
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
            fn unknown(name: &str) -> SettingError {
                let nearest = $crate::model::nearest::nearest(name, [$(stringify!($name)),*]);
                SettingError::Unknown { name: name.to_owned(), nearest }
            }

            /// All settings: value, default, what each accepts and why it is a setting.
            pub fn list(&self) -> Vec<Setting> {
                let defaults = Self::default();
                vec![$(Setting {
                    name: stringify!($name),
                    value: <known!($type $(, $known)?) as Known>::rendered(&self.$name),
                    default: <known!($type $(, $known)?) as Known>::rendered(&defaults.$name),
                    accepts: <known!($type $(, $known)?) as Known>::TYPE,
                    reason: plain(concat!($($doc, "\n"),*)),
                },)*]
            }

            /// One setting by its name.
            ///
            /// # Errors
            /// [`SettingError::Unknown`].
            pub fn get(&self, name: &str) -> Result<Setting, SettingError> {
                let found = self.list().into_iter().find(|setting| setting.name == name);
                found.ok_or_else(|| Self::unknown(name))
            }

            /// Whether each is in its range, which fields alone do not see to.
            pub(crate) fn check(&self) -> Result<(), SettingError> {
                let mut copy = Self::default();
                self.list().iter().try_for_each(|setting| copy.set(setting.name, &setting.value))
            }

            /// Sets one by its name, to a JSON value of its type.
            ///
            /// # Errors
            /// When there is no setting of this name, or it accepts no such value.
            pub fn set(&mut self, name: &str, value: &serde_json::Value) -> Result<(), SettingError> {
                match name {
                    $(stringify!($name) => {
                        let accepts = <known!($type $(, $known)?) as Known>::TYPE;
                        let wrong = SettingError::Value { name: stringify!($name), accepts };
                        self.$name = <known!($type $(, $known)?) as Known>::read(value).ok_or(wrong)?;
                    })*
                    _ => return Err(Self::unknown(name)),
                }
                Ok(())
            }
        }
    };
}

pub(crate) use {known, settings};

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
    fn a_field_out_of_range_is_found() {
        let mut settings = Settings::default();
        settings.check().unwrap();
        settings.ach_hold_days = NUMBER_MAX;
        settings.check().unwrap();
        settings.reveal_public_key = "k".to_owned();
        let error = settings.check().unwrap_err();
        let takes = "a public key on P-256 as a JWK or PEM, or an empty text for none";
        assert_eq!(error.to_string(), format!("reveal_public_key takes {takes}"));
        settings.reveal_public_key.clear();
        settings.ach_hold_days += 1;
        let error = settings.check().unwrap_err();
        assert_eq!(error.to_string(), "ach_hold_days takes a whole number, 0 to 1000000");
    }

    #[test]
    fn what_a_setting_does_not_take_is_refused_with_what_it_takes() {
        let mut settings = Settings::default();
        settings.set("webhook_order", &json!("any")).unwrap();
        assert_eq!(settings.webhook_order, WebhookOrder::Any);
        let error = settings.set("webhook_order", &json!("sideways")).unwrap_err();
        assert_eq!(error.to_string(), "webhook_order takes per_resource, any or newest_first");
        for text in ["", "fintech.example.com", "ftp://fintech.example.com", "https://", "a\u{0}b"]
        {
            let error = settings.set("fdx_authentication_url", &json!(text)).unwrap_err();
            let takes =
                "fdx_authentication_url takes an http or https URL of at most 2000 characters";
            assert_eq!(error.to_string(), takes, "{text}");
        }
        settings.set("fdx_authentication_url", &json!("http://localhost:8080/fdx?a=b")).unwrap();
        let error = settings.set("ach_hold_days", &json!(-1)).unwrap_err();
        assert!(error.to_string().contains("whole number"), "{error}");
        let error = settings.set("mood", &json!(1)).unwrap_err();
        assert_eq!(error.to_string(), "there is no setting mood");
        assert_eq!(settings.get("mood").unwrap_err(), error);
        let error = settings.set("ach_return_cod", &json!("R02")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no setting ach_return_cod; there is ach_return_code"
        );
    }
    /// Each refuses what it cannot work with, and takes the ends of its range.
    #[test]
    fn values_without_sense_are_refused() {
        let mut settings = Settings::default();
        for (name, takes, refuses) in [
            (
                "ach_return_code",
                vec![json!("R01"), json!("R29"), json!("R99")],
                vec![
                    json!("XX"),
                    json!("r01"),
                    json!("R1"),
                    json!("R00"),
                    json!("R001"),
                    json!(""),
                    json!("R0１"),
                    json!(1),
                ],
            ),
            ("bulk_order_hour", vec![json!(0), json!(23)], vec![json!(24), json!(-1)]),
            ("webhook_copies", vec![json!(1), json!(100)], vec![json!(0), json!(101)]),
            ("webhook_retry_factor", vec![json!(1), json!(1000)], vec![json!(0), json!(1001)]),
            ("webhook_first_retry_seconds", vec![json!(1)], vec![json!(0)]),
            ("webhook_timeout_seconds", vec![json!(1), json!(300)], vec![json!(0), json!(301)]),
            ("card_pin_tries", vec![json!(1), json!(1000)], vec![json!(0), json!(1001)]),
            ("card_gateway_wait_ms", vec![json!(1), json!(60_000)], vec![json!(0), json!(60_001)]),
            ("cash_deposit_min_dollars", vec![json!(1), json!(999)], vec![json!(0), json!(1000)]),
            ("cash_deposit_max_dollars", vec![json!(1), json!(999)], vec![json!(0), json!(1000)]),
            ("reveal_public_key", vec![json!("")], vec![json!("{}"), json!("key"), json!(null)]),
            ("seeded_templates_enable_rails", vec![json!(true)], vec![json!("true"), json!(1)]),
        ] {
            for value in takes {
                settings.set(name, &value).unwrap();
            }
            for value in refuses {
                let error = settings.set(name, &value).unwrap_err().to_string();
                assert!(error.starts_with(&format!("{name} takes ")), "{value}: {error}");
            }
        }
        // Each number has a greatest one.
        for setting in settings.list() {
            if let SettingType::Integer { min, max } = setting.accepts {
                settings.set(setting.name, &json!(min)).unwrap();
                settings.set(setting.name, &json!(max)).unwrap();
                settings.set(setting.name, &json!(u64::from(max) + 1)).unwrap_err();
            }
        }
    }
}
