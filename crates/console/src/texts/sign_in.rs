//! The texts of signing in.

pub(crate) const WITHOUT_PASSWORD: &str = "Without a password: open the link that the sandbox's program \
                                           printed, or ask an administrator for one.";
pub(crate) const NEW_PASSWORD: &str = "Password, at least 12 characters";
pub(crate) const OLD_LINK: &str = "This link was used or is too old. Ask an administrator for another one, \
                                   or start the sandbox again.";
/// The target of signing in and out, in the audit log.
pub(crate) const SESSION: &str = "session";
