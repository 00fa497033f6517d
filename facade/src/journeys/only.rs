//! Choosing a resource that the request does not name, if there is exactly one.

use synctera_api::Error;

/// The id of the only resource that was found; `which` describes the kind in the singular, and
/// `choose` is the call by which a caller names one.
pub(super) fn only<T: Copy>(
    journey: &str,
    which: &str,
    choose: &str,
    found: &[(T, String)],
) -> Result<T, Error> {
    match found {
        [(id, _)] => Ok(*id),
        [] => Err(Error::refused(journey, None, format!("there is no {which}"))),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| name.as_str()).collect();
            let message = format!(
                "there is more than one {which} ({}); choose one with {choose}",
                names.join(", ")
            );
            Err(Error::refused(journey, None, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_guessed() {
        const NEXT: &str = "; next: nothing was done in this step; when the reason no longer \
                            applies, call again";
        let found = |names: &[&str]| {
            let found: Vec<(usize, String)> =
                names.iter().map(|name| (*name).to_owned()).enumerate().collect();
            only("open_account", "template", "from_template", &found).map_err(|e| e.to_string())
        };
        assert_eq!(found(&["Checking"]), Ok(0));
        assert_eq!(
            found(&[]).unwrap_err(),
            format!("open_account: refused: there is no template{NEXT}")
        );
        assert_eq!(
            found(&["Checking", "Plus"]).unwrap_err(),
            format!(
                "open_account: refused: there is more than one template (Checking, Plus); choose \
                 one with from_template{NEXT}"
            )
        );
    }
}
