//! How a client is set up by its environment.

use synctera::{Environment, ErrorKind, Synctera};

fn from(variables: &[(&str, &str)]) -> Result<Synctera, synctera::Error> {
    Synctera::from_variables(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn the_closest_variable_wins_and_the_sandbox_is_the_default() {
    let production = Environment::Production.base_url();
    let sandbox = Environment::Sandbox.base_url();
    let local = "http://127.0.0.1:8080";
    for (variables, base_url) in [
        (&[("SYNCTERA_API_KEY", "k")][..], sandbox),
        (&[("apikey", "k")], sandbox),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_ENV", "production")], production),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_ENV", "Sandbox")], sandbox),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_BASE_URL", local)], local),
        (
            &[
                ("SYNCTERA_API_KEY", "k"),
                ("SYNCTERA_BASE_URL", local),
                ("SYNCTERA_ENV", "production"),
            ],
            local,
        ),
        (&[("apikey", "k"), ("baseurl", "https://api-sandbox.synctera.com/v0")], sandbox),
        (&[("apikey", "k"), ("baseurl", local), ("SYNCTERA_ENV", "production")], production),
        (&[("SYNCTERA_API_KEY", ""), ("apikey", "k"), ("SYNCTERA_BASE_URL", " ")], sandbox),
    ] {
        assert_eq!(from(variables).unwrap().base_url(), base_url, "{variables:?}");
    }
}

#[test]
fn what_cannot_be_used_is_told_and_never_shown() {
    for (variables, told) in [
        (&[][..], "SYNCTERA_API_KEY"),
        (&[("SYNCTERA_API_KEY", " ")], "SYNCTERA_API_KEY"),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_ENV", "staging")], "SYNCTERA_ENV"),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_BASE_URL", "api.synctera.com")], "base URL"),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_BASE_URL", "http://api.synctera.com")], "http"),
        (&[("SYNCTERA_API_KEY", "hidden\nkey")], "the API key"),
    ] {
        let error = from(variables).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains(told) && !text.contains("hidden"), "{variables:?}: {text}");
    }
}
