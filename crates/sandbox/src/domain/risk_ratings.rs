//! Customer risk ratings: a weighted mean of a few parameters, from 0 (no risk) to 100.

use serde_json::{Value, json};
use synctera_api::v2::types::{
    BusinessStructure, CalculationBreakdown, CalculationBreakdownParameterName as Parameter, Crr,
    CrrRiskLevel, VerificationStatus,
};

use crate::domain::parties::{Party, PartyRecord};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};

pub(crate) const RATING: Kind = Kind {
    name: "risk rating",
    id: "id",
    keys: &[("customer", "/customer_id"), ("business", "/business_id")],
};

/// How risky a party is, and was.
pub(crate) enum Rating {}

impl Resource for Rating {
    const KIND: &'static Kind = &RATING;
    type Wire = Crr;
    type Facts = ();
}

/// From these scores on the risk is high, or medium.
pub(crate) const HIGH_FROM: i64 = 60;

pub(crate) const MEDIUM_FROM: i64 = 30;

/// What an analysis found.
pub(crate) struct Assessment {
    pub(crate) score: i64,
    pub(crate) level: CrrRiskLevel,
    breakdown: Vec<Weighted>,
}

/// One parameter, its weight and its score.
struct Weighted(Parameter, i64, f64);

impl Weighted {
    fn is(&self, known: &CalculationBreakdown) -> bool {
        known.parameter_name.as_ref() == Some(&self.0)
            && known.parameter_weight == self.1
            && known.parameter_score == self.2
    }

    fn json(&self) -> Value {
        json!({
            "parameter_name": self.0, "parameter_weight": self.1, "parameter_score": self.2,
        })
    }
}

impl Assessment {
    fn says_the_same_as(&self, rating: &Crr) -> bool {
        let known = &rating.calculations_breakdown;
        rating.risk_score == self.score
            && known.len() == self.breakdown.len()
            && self.breakdown.iter().zip(known).all(|(new, known)| new.is(known))
    }
}

/// Rates a party anew; a rating that says something else takes the place of the last one.
pub(crate) fn rate(ctx: &Ctx<'_>, subject: &PartyRecord) -> Result<(), ApiError> {
    let key = match subject.party() {
        Party::Person => "customer",
        Party::Business => "business",
    };
    let found = assess(subject);
    let known = ctx.find_all::<Rating>(key, subject.id())?;
    if let Some(mut last) = known.into_iter().find(|rating| rating.valid_to.is_none()) {
        if found.says_the_same_as(&last) {
            return Ok(());
        }
        last.valid_to = Some(ctx.now);
        ctx.save(&last)?;
    }
    let breakdown: Vec<Value> = found.breakdown.iter().map(Weighted::json).collect();
    let mut rating: Crr = build(json!({
        "id": ctx.new_side_id()?, "tenant": ctx.tenant, "risk_score": found.score,
        "risk_level": found.level, "valid_from": ctx.now, "calculations_breakdown": breakdown,
    }))?;
    match subject.party() {
        Party::Person => rating.customer_id = Some(subject.id().as_uuid().into()),
        Party::Business => rating.business_id = Some(subject.id().as_uuid().into()),
    }
    ctx.add(&Record::<Rating>::new(rating, ()))
}

/// How risky a party is, by what is on file.
pub(crate) fn assess(subject: &PartyRecord) -> Assessment {
    let verified = match subject.verification_status() {
        VerificationStatus::Accepted => 10.0,
        VerificationStatus::Rejected => 100.0,
        _ => 70.0,
    };
    let country = match subject.legal_address().map(|address| address.country_code.as_str()) {
        Some("US") => 10.0,
        Some("CA") => 20.0,
        _ => 80.0,
    };
    let mut breakdown = vec![
        Weighted(Parameter::Cip, 3, verified),
        Weighted(Parameter::CustomerCountry, 2, country),
    ];
    if let PartyRecord::Business(business) = subject {
        let structure = match business.structure {
            Some(
                BusinessStructure::Corporation
                | BusinessStructure::SCorporation
                | BusinessStructure::Llc,
            ) => 20.0,
            _ => 50.0,
        };
        let category = if business.compliance_restrictions.is_empty() { 20.0 } else { 100.0 };
        breakdown.push(Weighted(Parameter::OwnershipStructure, 1, structure));
        breakdown.push(Weighted(Parameter::BusinessCategory, 2, category));
    }
    let weights: i64 = breakdown.iter().map(|Weighted(_, weight, _)| weight).sum();
    let sum: f64 = breakdown.iter().map(|Weighted(_, weight, score)| *weight as f64 * score).sum();
    let score = (sum / weights as f64).round() as i64;
    let level = match score {
        HIGH_FROM.. => CrrRiskLevel::High,
        MEDIUM_FROM.. => CrrRiskLevel::Medium,
        _ => CrrRiskLevel::Low,
    };
    Assessment { score, level, breakdown }
}
