//! URLs of calls. The base URL is parsed once per client, not once per call: parsing costs as much as
//! everything else that the facade adds to a call.

use std::sync::OnceLock;

use reqwest::Url;

/// The base URL of a client, parsed on first use.
#[derive(Debug, Default)]
pub(super) struct Base(OnceLock<Option<Known>>);

#[derive(Debug)]
struct Known {
    text: String,
    url: Url,
    /// Where the path starts.
    path_at: usize,
}

impl Base {
    /// Parses a URL that starts with the base. `None` when the base cannot be reused: the complete URL
    /// must be parsed.
    pub(super) fn address(&self, base: &str, address: &str) -> Option<Url> {
        let known = self.0.get_or_init(|| Known::of(base)).as_ref()?;
        if known.text != base || !address.starts_with(base) {
            return None;
        }
        let (path, query) = match address[known.path_at..].split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&address[known.path_at..], None),
        };
        // The path and the query cannot change the host.
        let mut url = known.url.clone();
        url.set_path(path);
        url.set_query(query);
        Some(url)
    }
}

impl Known {
    /// `None` for a base that has more than scheme, host and path, or that is not in normal form.
    fn of(base: &str) -> Option<Self> {
        let url = Url::parse(base).ok()?;
        let is_plain = url.as_str().trim_end_matches('/') == base.trim_end_matches('/');
        let is_open = url.query().is_some() || url.fragment().is_some();
        if !is_plain || is_open || !url.has_host() {
            return None;
        }
        let host_at = base.find("://")? + 3;
        let path_at = base[host_at..].find('/').map_or(base.len(), |at| host_at + at);
        Some(Self { text: base.to_owned(), url, path_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASES: [&str; 9] = [
        "https://api.example.com/v2",
        "https://api.example.com",
        "https://api.example.com/",
        "http://127.0.0.1:8080/v2/",
        "http://[::1]:8080/a/b",
        "https://API.example.com/v2",
        "https://user:word@example.com:443/v2",
        "https://example.com/a b/\u{e9}",
        "https://example.com/v2?key=1",
    ];

    #[test]
    fn it_is_the_same_as_when_it_is_read_in_full() {
        let mut saved = 0;
        for base in BASES {
            let known = Base::default();
            for rest in [
                "",
                "/persons",
                "/persons/4f364343-d16f-4562-8f0f-ff77056ac36f",
                "//evil.example/x",
                "/a%2Fb/%2E%2E%5C",
                "/a/../b",
                "/\u{e9} \\x",
                "/persons?limit=2&name=a%26b%20c",
                "/persons?a='\"<>&b=?x",
            ] {
                let text = format!("{base}{rest}");
                let full = Url::parse(&text).unwrap();
                if let Some(url) = known.address(base, &text) {
                    assert_eq!(url, full, "{text}");
                    saved += 1;
                }
            }
        }
        assert_eq!(saved, 5 * 9, "those in normal form");
    }

    #[test]
    fn the_base_of_another_client_is_not_taken() {
        let base = Base::default();
        let (ours, theirs) = ("https://a.example/v2", "https://b.example/v2");
        assert!(base.address(ours, "https://a.example/v2/x").is_some());
        assert_eq!(base.address(theirs, "https://b.example/v2/x"), None);
        assert_eq!(base.address(ours, "https://b.example/v2/x"), None);
        assert_eq!(Base::default().address("no URL", "no URL/x"), None);
        assert_eq!(Base::default().address("mailto:a@b", "mailto:a@b/x"), None);
    }
}
