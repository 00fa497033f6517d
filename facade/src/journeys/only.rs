//! Choosing a resource that the request does not name, if there is exactly one.

use synctera_api::Error;
use synctera_api::runtime::NextAction;

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
            let error = Error::refused(journey, None, message);
            Err(error.with_next_action(NextAction::CorrectInput))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_guessed() {
        let found = |names: &[&str]| {
            let found: Vec<(usize, String)> =
                names.iter().map(|name| (*name).to_owned()).enumerate().collect();
            only("open_account", "template", "from_template", &found).map_err(|e| e.to_string())
        };
        assert_eq!(found(&["Checking"]), Ok(0));
        assert_eq!(
            found(&[]).unwrap_err(),
            "open_account: refused: there is no template; next: nothing was sent; when the reason no \
             longer applies, call again"
        );
        assert_eq!(
            found(&["Checking", "Plus"]).unwrap_err(),
            "open_account: refused: there is more than one template (Checking, Plus); choose one with \
             from_template; next: nothing was sent; correct the input and call again"
        );
    }
}
