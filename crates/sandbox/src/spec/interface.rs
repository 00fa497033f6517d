//! The two pinned interfaces.

use bytes::Bytes;
use synctera_api::Operation;
use synctera_api::runtime::error_path::DecodeError;

/// Which of the two interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Interface {
    V2,
    V0,
}

impl Interface {
    pub(crate) const ALL: [Self; 2] = [Self::V2, Self::V0];

    /// The path prefix under which it is served.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "/v2",
            Self::V0 => "/v0",
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::V2 => synctera_api::spec::V2,
            Self::V0 => synctera_api::spec::V0,
        }
    }

    /// The document with our documentation, as JSON.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::V2 => synctera_api::spec::V2_DESCRIBED,
            Self::V0 => synctera_api::spec::V0_DESCRIBED,
        }
    }

    pub(crate) fn operations(self) -> &'static [Operation] {
        match self {
            Self::V2 => &synctera_api::v2::OPERATIONS,
            Self::V0 => &synctera_api::v0::OPERATIONS,
        }
    }

    /// Reads a JSON body as the type that an operation takes.
    pub(crate) fn decode_request(self, operation: &str, body: &Bytes) -> Result<(), DecodeError> {
        match self {
            Self::V2 => synctera_api::v2::decode_request(operation, body),
            Self::V0 => synctera_api::v0::decode_request(operation, body),
        }
    }
}
