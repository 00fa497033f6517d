//! Behaviour that no document of the platform settles, in one place and under a name.

/// What the sandbox does where the platform's documents are silent or disagree.
///
/// Each setting is a guess with a default; change it when you know better.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The account templates that a workspace starts with have every payment rail switched on.
    ///
    /// The guides say that there is a simple template for each account type, and that rails are
    /// off by default; they do not say which of the two wins. Default: on, so that an account
    /// opened without further ado can be used.
    pub seeded_templates_enable_rails: bool,
    /// Banking days for which the money of an ACH pull is held back. Default: 2.
    pub ach_hold_days: u32,
    /// A write that names a property which only the platform sets is refused as `immutable`.
    ///
    /// The alternative, ignoring it, would hide the mistake. Default: on.
    pub refuse_read_only_properties: bool,
    /// Days after which a manual internal transfer expires, when it does not say so itself.
    /// Default: 7.
    pub manual_transfer_expiry_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seeded_templates_enable_rails: true,
            ach_hold_days: 2,
            refuse_read_only_properties: true,
            manual_transfer_expiry_days: 7,
        }
    }
}
