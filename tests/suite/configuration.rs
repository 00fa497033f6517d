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
fn what_cannot_be_used_is_told_and_the_key_never_shown() {
    for (variables, told) in [
        (&[][..], "SYNCTERA_API_KEY"),
        (&[("SYNCTERA_API_KEY", " ")], "SYNCTERA_API_KEY"),
        (
            &[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_ENV", " staging ")],
            "SYNCTERA_ENV is \"staging\": it must be sandbox or production",
        ),
        (
            &[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_ENV", "\u{1b}[2J\u{202e}staging")],
            "SYNCTERA_ENV is \"\\u{1b}[2J\\u{202e}sta... (4 more characters)\"",
        ),
        // Also where the base URL decides where to go.
        (
            &[
                ("SYNCTERA_API_KEY", "k"),
                ("SYNCTERA_ENV", "prod"),
                ("SYNCTERA_BASE_URL", "https://gateway.example"),
            ],
            "SYNCTERA_ENV is \"prod\"",
        ),
        (
            &[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_BASE_URL", "api.synctera.com")],
            "the base URL is not a valid URL",
        ),
        (&[("SYNCTERA_API_KEY", "k"), ("SYNCTERA_BASE_URL", "http://api.synctera.com")], "http"),
        (&[("SYNCTERA_API_KEY", "hidden\nkey")], "the API key"),
        (&[("SYNCTERA_API_KEY", " hidden")], "the API key starts or ends with a blank"),
    ] {
        let error = from(variables).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains(told) && !text.contains("hidden"), "{variables:?}: {text}");
    }
    let error = "nowhere".parse::<Environment>().unwrap_err();
    assert!(error.to_string().contains("no environment \"nowhere\""), "{error}");
}

#[test]
fn a_key_that_cannot_be_right_is_refused_before_it_is_sent() {
    for (key, told) in [
        ("", "empty"),
        ("\r\n", "empty"),
        ("Bearer hidden", "\"Bearer\""),
        ("BEARER  hidden", "\"Bearer\""),
        ("hid den", "a blank"),
        ("\thidden", "a blank"),
        ("hidden ", "a blank"),
        ("hidden\n ", "a blank"),
        ("hidden\nhidden", "a line break"),
        ("hiddén", "visible ASCII"),
        ("hidden\u{200b}", "visible ASCII"),
        ("hidden\u{7f}", "visible ASCII"),
    ] {
        let error = Synctera::builder(key).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{key:?}");
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(text.contains(told) && !text.contains("hidden"), "{key:?}: {text}");
            assert!(!text.contains("hiddén"), "{key:?}: {text}");
        }
    }
    // Files end with a line break.
    for key in ["key", "key\n", "key\r\n"] {
        Synctera::builder(key).build().unwrap();
    }
}

#[tokio::test]
async fn the_raw_clients_transport_refuses_such_a_key_too() {
    use synctera_api::runtime::{Direct, Inner};
    for key in ["", "Bearer hidden", " hidden", "hid den", "hiddén"] {
        let inner = Inner::new(Direct::new(key));
        let http = reqwest::Client::new();
        // Nothing is sent: nobody listens there.
        let client = synctera::v2::Client::new_with_client("http://127.0.0.1:9/v2", http, inner);
        let error = client.list_persons(&Default::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{key:?}");
        let text = error.to_string();
        assert!(text.contains("the API key") && !text.contains("hidd"), "{key:?}: {text}");
    }
}

/// Refuses everything.
struct Nothing;

impl synctera::Transport for Nothing {
    fn execute<'a>(
        &'a self,
        _: synctera::Call<'a>,
    ) -> synctera::BoxFuture<'a, Result<synctera::Answer, synctera::Failure>> {
        let failure = synctera::Failure::new(synctera::FailureKind::Connect, "no connection");
        Box::pin(std::future::ready(Err(failure)))
    }
}

#[tokio::test]
async fn production_behind_a_gateway_is_still_production() {
    // What the variables set, a client of one's own shares.
    let gateway = Synctera::builder("k")
        .environment(Environment::Production)
        .base_url("https://gateway.example")
        .transport(Nothing)
        .build()
        .unwrap();
    assert_eq!(gateway.base_url(), "https://gateway.example");
    let client = from(&[
        ("SYNCTERA_API_KEY", "k"),
        ("SYNCTERA_ENV", "production"),
        ("SYNCTERA_BASE_URL", "http://127.0.0.1:9"),
    ])
    .unwrap();
    for client in [gateway, client] {
        let error = client.legacy().wipe_workspace().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    }
}
