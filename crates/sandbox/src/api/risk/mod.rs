//! Risk: ratings of customers, and enhanced due diligence.

pub(crate) mod crr;
pub(crate) mod edd;
