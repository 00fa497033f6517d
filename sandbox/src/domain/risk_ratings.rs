//! Customer risk ratings: a weighted mean of a few parameters, from 0 (no risk) to 100.

use serde_json::{Value, json};

use crate::domain::parties::Party;
use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const RATING: Kind = Kind {
    name: "risk rating",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

/// From these scores on the risk is high, or medium.
pub(crate) const HIGH_FROM: i64 = 60;

pub(crate) const MEDIUM_FROM: i64 = 30;

/// What an analysis found.
pub(crate) struct Assessment {
    pub(crate) score: i64,
    /// `LOW`, `MEDIUM` or `HIGH`.
    pub(crate) level: &'static str,
    breakdown: Vec<Value>,
}

/// Rates a party anew; a rating that says something else takes the place of the last one.
pub(crate) fn rate(ctx: &Ctx<'_>, party: Party, body: &Value) -> Result<(), ApiError> {
    let (key, property) = match party {
        Party::Person => ("customer", "customer_id"),
        Party::Business => ("business", "business_id"),
    };
    let Assessment { score, level, breakdown } = assess(party, body);
    let known = ctx.all_with(&RATING, key, text(body, "id"))?;
    if let Some(mut last) = known.into_iter().find(|rating| rating.get("valid_to").is_none()) {
        if last["risk_score"] == score && last["calculations_breakdown"] == json!(breakdown) {
            return Ok(());
        }
        last["valid_to"] = json!(ctx.now_text());
        ctx.update(&RATING, &last)?;
    }
    let mut rating = json!({
        "id": ctx.new_side_id()?, "tenant": ctx.tenant, "risk_score": score, "risk_level": level,
        "valid_from": ctx.now_text(), "calculations_breakdown": breakdown,
    });
    rating[property] = body["id"].clone();
    ctx.insert(&RATING, &rating)
}

/// How risky a party is, by what is on file.
pub(crate) fn assess(party: Party, body: &Value) -> Assessment {
    let verified = match text(body, "verification_status") {
        "ACCEPTED" => 10.0,
        "REJECTED" => 100.0,
        _ => 70.0,
    };
    let country = match text(&body["legal_address"], "country_code") {
        "US" => 10.0,
        "CA" => 20.0,
        _ => 80.0,
    };
    let mut parameters = vec![("CIP", 3, verified), ("CUSTOMER_COUNTRY", 2, country)];
    if party == Party::Business {
        let structure = match text(body, "structure") {
            "CORPORATION" | "S_CORPORATION" | "LLC" => 20.0,
            _ => 50.0,
        };
        let is_restricted =
            body["compliance_restrictions"].as_array().is_some_and(|list| !list.is_empty());
        parameters.push(("OWNERSHIP_STRUCTURE", 1, structure));
        parameters.push(("BUSINESS_CATEGORY", 2, if is_restricted { 100.0 } else { 20.0 }));
    }
    let weights: i64 = parameters.iter().map(|(_, weight, _)| weight).sum();
    let sum: f64 = parameters.iter().map(|(_, weight, score)| *weight as f64 * score).sum();
    let score = (sum / weights as f64).round() as i64;
    let level = match score {
        HIGH_FROM.. => "HIGH",
        MEDIUM_FROM.. => "MEDIUM",
        _ => "LOW",
    };
    let breakdown = parameters
        .into_iter()
        .map(|(name, weight, score)| {
            json!({
                "parameter_name": name, "parameter_weight": weight, "parameter_score": score,
            })
        })
        .collect();
    Assessment { score, level, breakdown }
}
