//! Amounts in JSON and other formats (feature `serde`): `{"amount": 2500, "currency": "USD"}`.

use std::fmt;

use iso_currency::Currency;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Money;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Money", deny_unknown_fields)]
struct Form {
    amount: MinorUnits,
    currency: Code,
}

/// With the feature `serde`: the amount in minor units, and the code of the currency.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form { amount: MinorUnits(self.minor()), currency: Code(self.currency()) };
        form.serialize(serializer)
    }
}

/// With the feature `serde`: an amount that is not an integer, such as `25.0` or `"2500"`, is an
/// error, and so is one that is out of range.
impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Form { amount, currency } = match deserializer.is_human_readable() {
            // Readers of YAML describe a value that they expect by the name of a Rust type.
            true => deserializer.deserialize_any(FormVisitor)?,
            false => Form::deserialize(deserializer)?,
        };
        Ok(Self::new(amount.0, currency.0))
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in minor units and its currency")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Form, A::Error> {
        Form::deserialize(MapAccessDeserializer::new(members))
    }
}

#[derive(Serialize)]
struct MinorUnits(i64);

impl<'de> Deserialize<'de> for MinorUnits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(MinorUnitsVisitor),
            false => deserializer.deserialize_i64(MinorUnitsVisitor),
        }
    }
}

struct MinorUnitsVisitor;

impl Visitor<'_> for MinorUnitsVisitor {
    type Value = MinorUnits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer of 64 bits: the amount in minor units, such as 2500 for 25.00 USD")
    }

    fn visit_i64<E: de::Error>(self, amount: i64) -> Result<MinorUnits, E> {
        Ok(MinorUnits(amount))
    }

    fn visit_u64<E: de::Error>(self, amount: u64) -> Result<MinorUnits, E> {
        let out_of_range = |_| E::invalid_value(Unexpected::Unsigned(amount), &self);
        i64::try_from(amount).map(MinorUnits).map_err(out_of_range)
    }

    fn visit_i128<E: de::Error>(self, amount: i128) -> Result<MinorUnits, E> {
        let text = amount.to_string();
        let out_of_range = |_| E::invalid_value(Unexpected::Other(&text), &self);
        i64::try_from(amount).map(MinorUnits).map_err(out_of_range)
    }
}

struct Code(Currency);

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CodeVisitor)
    }
}

struct CodeVisitor;

impl Visitor<'_> for CodeVisitor {
    type Value = Code;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a currency code of ISO 4217, such as \"USD\"")
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<Code, E> {
        let currency = Currency::from_code(code).map(Code);
        currency.ok_or_else(|| E::invalid_value(Unexpected::Str(code), &self))
    }
}
