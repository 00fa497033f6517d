//! Asks a running sandbox whether it is ready: for images without another HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::options::Running;
use super::{Failure, say, secrets};

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn run(at: &Running) -> Result<(), Failure> {
    // What listens on all addresses listens on loopback.
    let host = match at.host {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    let url = format!("http://{}/sandbox/health", SocketAddr::new(host, at.port));
    let http =
        reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE).build()?;
    let mut request = http.get(&url);
    if !host.is_loopback()
        && let Some(token) = secrets::control_token(None, None)?
    {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.map_err(|_| format!("{url} does not answer"))?;
    let status = answer.status().as_u16();
    if matches!(status, 401 | 403) {
        let why = "at an address that is not loopback, a sandbox answers this only if it has a control \
                   token, which comes from SYNCTERA_SANDBOX_CONTROL_TOKEN";
        return Err(format!("{url} answers {status}: {why}").into());
    }
    if status != 200 {
        return Err(format!("{url} answers {status}").into());
    }
    say("ready\n");
    Ok(())
}
