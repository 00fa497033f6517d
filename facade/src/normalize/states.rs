//! The states of the United States and the provinces of Canada: their codes (ISO 3166-2), names and
//! abbreviations. The freely associated states and the military "states" of the United States Postal
//! Service are included.

/// Code and names. Names are compared without case, accents, blanks and punctuation.
pub(super) const STATES: &[(&str, &[&str])] = &[
    ("AL", &["Alabama", "Ala."]),
    ("AK", &["Alaska"]),
    ("AZ", &["Arizona", "Ariz."]),
    ("AR", &["Arkansas", "Ark."]),
    ("CA", &["California", "Calif.", "Cal."]),
    ("CO", &["Colorado", "Colo."]),
    ("CT", &["Connecticut", "Conn."]),
    ("DE", &["Delaware", "Del."]),
    ("DC", &["District of Columbia", "Washington DC", "Wash. DC"]),
    ("FL", &["Florida", "Fla."]),
    ("GA", &["Georgia"]),
    ("HI", &["Hawaii", "Hawai'i"]),
    ("ID", &["Idaho"]),
    ("IL", &["Illinois", "Ill."]),
    ("IN", &["Indiana", "Ind."]),
    ("IA", &["Iowa"]),
    ("KS", &["Kansas", "Kan.", "Kans."]),
    ("KY", &["Kentucky", "Ken."]),
    ("LA", &["Louisiana"]),
    ("ME", &["Maine"]),
    ("MD", &["Maryland"]),
    ("MA", &["Massachusetts", "Mass."]),
    ("MI", &["Michigan", "Mich."]),
    ("MN", &["Minnesota", "Minn."]),
    ("MS", &["Mississippi", "Miss."]),
    ("MO", &["Missouri"]),
    ("MT", &["Montana", "Mont."]),
    ("NE", &["Nebraska", "Neb.", "Nebr."]),
    ("NV", &["Nevada", "Nev."]),
    ("NH", &["New Hampshire"]),
    ("NJ", &["New Jersey"]),
    ("NM", &["New Mexico", "N. Mex."]),
    ("NY", &["New York", "New York State"]),
    ("NC", &["North Carolina", "N. Carolina", "N. Car."]),
    ("ND", &["North Dakota", "N. Dakota", "N. Dak."]),
    ("OH", &["Ohio"]),
    ("OK", &["Oklahoma", "Okla."]),
    ("OR", &["Oregon", "Ore.", "Oreg."]),
    ("PA", &["Pennsylvania", "Penn.", "Penna."]),
    ("RI", &["Rhode Island", "Rhode Island and Providence Plantations"]),
    ("SC", &["South Carolina", "S. Carolina", "S. Car."]),
    ("SD", &["South Dakota", "S. Dakota", "S. Dak."]),
    ("TN", &["Tennessee", "Tenn."]),
    ("TX", &["Texas", "Tex."]),
    ("UT", &["Utah"]),
    ("VT", &["Vermont"]),
    ("VA", &["Virginia", "Virg."]),
    ("WA", &["Washington", "Washington State", "Wash."]),
    ("WV", &["West Virginia", "W. Virginia", "W. Va."]),
    ("WI", &["Wisconsin", "Wis.", "Wisc."]),
    ("WY", &["Wyoming", "Wyo."]),
    ("AS", &["American Samoa"]),
    ("FM", &["Micronesia", "Federated States of Micronesia"]),
    ("GU", &["Guam"]),
    ("MH", &["Marshall Islands", "Republic of the Marshall Islands"]),
    ("MP", &["Northern Mariana Islands", "Northern Marianas", "CNMI"]),
    ("PR", &["Puerto Rico"]),
    ("PW", &["Palau", "Republic of Palau"]),
    (
        "UM",
        &[
            "United States Minor Outlying Islands",
            "U.S. Minor Outlying Islands",
            "Minor Outlying Islands",
        ],
    ),
    (
        "VI",
        &[
            "Virgin Islands",
            "U.S. Virgin Islands",
            "United States Virgin Islands",
            "Virgin Islands of the United States",
            "USVI",
        ],
    ),
    ("AA", &["Armed Forces Americas", "Armed Forces the Americas", "Armed Forces of the Americas"]),
    (
        "AE",
        &[
            "Armed Forces Europe",
            "Armed Forces Africa",
            "Armed Forces Canada",
            "Armed Forces Middle East",
            "Armed Forces Europe, the Middle East, and Canada",
        ],
    ),
    ("AP", &["Armed Forces Pacific"]),
];

/// Code and names, in English and French, with the codes that were used before.
pub(super) const PROVINCES: &[(&str, &[&str])] = &[
    ("AB", &["Alberta", "Alta."]),
    ("BC", &["British Columbia", "Colombie-Britannique", "C.-B."]),
    ("MB", &["Manitoba", "Man."]),
    ("NB", &["New Brunswick", "Nouveau-Brunswick", "N.-B."]),
    (
        "NL",
        &[
            "Newfoundland and Labrador",
            "Newfoundland",
            "Labrador",
            "Terre-Neuve-et-Labrador",
            "Terre-Neuve",
            "Nfld.",
            "Nfld. & Lab.",
            "T.-N.-L.",
            "NF",
        ],
    ),
    ("NS", &["Nova Scotia", "Nouvelle-Écosse", "N.-É."]),
    ("NT", &["Northwest Territories", "Territoires du Nord-Ouest", "N.W.T.", "T.N.-O."]),
    ("NU", &["Nunavut"]),
    ("ON", &["Ontario", "Ont."]),
    ("PE", &["Prince Edward Island", "Île-du-Prince-Édouard", "P.E.I.", "Î.-P.-É."]),
    ("QC", &["Quebec", "Québec", "Que.", "PQ"]),
    ("SK", &["Saskatchewan", "Sask."]),
    ("YT", &["Yukon", "Yukon Territory", "YK"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{PROVINCES, STATES};
    use crate::CountryCode;
    use crate::normalize::state;

    #[test]
    fn every_name_leads_to_its_code_and_to_no_other() {
        for (country, states) in [(CountryCode::US, STATES), (CountryCode::CA, PROVINCES)] {
            let mut codes = BTreeMap::new();
            for (code, names) in states {
                for name in names.iter().chain([code]) {
                    assert_eq!(state(name, &country).as_deref(), Ok(*code), "{name}");
                    assert_eq!(state(&name.to_lowercase(), &country).as_deref(), Ok(*code));
                    assert_eq!(codes.insert(*name, *code), None, "{name}");
                }
            }
        }
        assert_eq!(STATES.len(), 51 + 9 + 3);
    }
}
