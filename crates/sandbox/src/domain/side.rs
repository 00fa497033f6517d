//! Which side of a movement an account is on.

/// Which side of a movement an account is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Money leaves it.
    Debited,
    /// Money comes in.
    Credited,
}
