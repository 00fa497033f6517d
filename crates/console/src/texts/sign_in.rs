//! The texts of signing in, and of requests that no page can be made of.

pub(crate) const WITHOUT_PASSWORD: &str = "Without a password: open the link that the sandbox's program \
                                           printed, or ask an administrator for one.";
pub(crate) const NEW_PASSWORD: &str = "Password, at least 12 characters";
pub(crate) const OLD_LINK: &str = "This link was used or is too old. Ask an administrator for another one, \
                                   or start the sandbox again.";
/// The target of signing in and out, in the audit log.
pub(crate) const SESSION: &str = "session";

// Why a password is refused.
pub(crate) const WRONG: &str = "the name or the password is wrong";

pub(crate) fn wait(seconds: u64) -> String {
    format!("too many wrong passwords; wait {seconds} seconds")
}

pub(crate) fn too_many_checks(most: usize) -> String {
    format!("{most} passwords from your address are being checked already; try again in a moment")
}

pub(crate) fn password_too_short(least: usize) -> String {
    format!("a password has at least {least} characters")
}

pub(crate) fn password_too_long(most: usize) -> String {
    format!("a password has at most {most} bytes")
}

/// Why there is no page for a request that no page takes.
pub(crate) fn no_page_because(status: u16) -> &'static str {
    match status {
        405 => {
            "this address takes no such request: go back, and use the links and buttons of the page"
        }
        413 => "the form is larger than 64 kB",
        415 => "the request has no form: its content type is not application/x-www-form-urlencoded",
        400..=499 => "the request cannot be read",
        _ => "the console failed",
    }
}
