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
        [] => {
            let error = Error::refused(journey, None, format!("there is no {which}"));
            Err(error.with_remedy(format!("create one, or choose one with {choose}")))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(_, name)| name.as_str()).collect();
            let message = format!("there is more than one {which} ({})", names.join(", "));
            let error = Error::refused(journey, None, message);
            let error = error.with_remedy(format!("choose one with {choose}"));
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
            "open_account: refused: there is no template; next: nothing was changed; create one, or \
             choose one with from_template, then call again"
        );
        assert_eq!(
            found(&["Checking", "Plus"]).unwrap_err(),
            "open_account: refused: there is more than one template (Checking, Plus); next: nothing \
             was changed; choose one with from_template and call again"
        );
    }
}
