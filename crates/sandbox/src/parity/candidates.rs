//! Values that a setting may have instead.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use synctera_sandbox::{Setting, SettingType};

use super::compare::Difference;

/// The longest text of an answer that may be the value of a setting, in characters.
const TEXT_MAX: usize = 32;
/// Small numbers, which days and tries are.
const SMALL: u32 = 10;
/// Units of time, in seconds: minutes, hours, days.
const UNITS: [i64; 3] = [60, 3_600, 86_400];

/// A few values that are far from the present one: do they change anything?
pub(super) fn probes(setting: &Setting, found: &Found) -> Vec<Value> {
    match setting.accepts {
        SettingType::Integer { min, max } => {
            let now = number(setting);
            let far = now.saturating_mul(2).saturating_add(1);
            others(setting, [min, far].into_iter().filter(|it| (min..=max).contains(it)))
        }
        _ => all(setting, found),
    }
}

/// All values that are tried, those that the other side's answers hold first, then from the nearest on.
pub(super) fn all(setting: &Setting, found: &Found) -> Vec<Value> {
    match setting.accepts {
        SettingType::Boolean => others(setting, [false, true]),
        SettingType::Choice(values) => others(setting, values.iter().copied()),
        SettingType::Integer { min, max } => {
            let now = number(setting);
            let doubled = [now / 2, now.saturating_mul(2), now.saturating_mul(2).saturating_add(1)];
            let mut near: Vec<u32> = (0..=SMALL).chain(doubled).collect();
            near.extend([now.saturating_sub(1), now.saturating_add(1)]);
            near.sort_by_key(|it| it.abs_diff(now));
            let numbers = found.numbers.iter().copied().chain(near);
            others(setting, numbers.filter(|it| (min..=max).contains(it)))
        }
        SettingType::Text { .. } | SettingType::ReturnCode => {
            others(setting, found.texts.iter().map(String::as_str))
        }
        // Addresses and keys are of one program, and are not guessed.
        _ => Vec::new(),
    }
}

fn number(setting: &Setting) -> u32 {
    setting.value.as_u64().and_then(|it| u32::try_from(it).ok()).unwrap_or_default()
}

/// The values that are not the present one, each once.
fn others<V: Into<Value>>(setting: &Setting, values: impl IntoIterator<Item = V>) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    for value in values {
        let value = value.into();
        if value != setting.value && !list.contains(&value) {
            list.push(value);
        }
    }
    list
}

/// What the answers of the other side say that a setting may be.
#[derive(Default)]
pub(super) struct Found {
    numbers: Vec<u32>,
    texts: Vec<String>,
}

impl Found {
    /// Reads the values that differ; of times, how far they are from the moment of the calls.
    pub(super) fn new(differences: &[Difference], moment: DateTime<Utc>) -> Self {
        let mut found = Self::default();
        for difference in differences {
            match &difference.value {
                Some(Value::Number(number)) => {
                    found.number(number.as_i64());
                    // Amounts are in cents, and some settings in dollars.
                    found.number(number.as_i64().filter(|it| it % 100 == 0).map(|it| it / 100));
                }
                Some(Value::String(text)) => found.text(text, moment),
                _ => {}
            }
        }
        found
    }

    fn number(&mut self, number: Option<i64>) {
        if let Some(number) = number.and_then(|it| u32::try_from(it).ok())
            && !self.numbers.contains(&number)
        {
            self.numbers.push(number);
        }
    }

    fn text(&mut self, text: &str, moment: DateTime<Utc>) {
        let day = text.parse::<NaiveDate>().ok();
        if let Some(day) = day {
            self.number(Some((day - moment.date_naive()).num_days()));
        } else if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            let seconds = (time.to_utc() - moment).num_seconds();
            // Half a unit more, since calls take a while.
            UNITS.iter().for_each(|unit| self.number(Some((seconds + unit / 2) / unit)));
        } else if text.chars().count() <= TEXT_MAX && !self.texts.iter().any(|it| it == text) {
            self.texts.push(text.to_owned());
        }
    }
}

/// A setting as an option gives it: `NAME=VALUE`, text without quotes.
pub(super) fn option(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => format!("{name}={text}"),
        value => format!("{name}={}", json!(value)),
    }
}
