//! Replaces the console if the feature is off.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;

use super::AppState;

/// No console.
pub(crate) enum Console {}

impl Console {
    pub(crate) fn new(_: &str, _: Option<&Path>, _: bool) -> Result<Self, (PathBuf, io::Error)> {
        Err((PathBuf::new(), io::Error::other("there is no console without the feature")))
    }

    pub(super) fn has(_: &str) -> bool {
        false
    }

    pub(crate) fn sign_in_path(&self) -> io::Result<Option<String>> {
        match *self {}
    }

    #[allow(clippy::unused_async, reason = "as the console has it")]
    pub(super) async fn answer(
        &self,
        _: &Arc<AppState>,
        _: Parts,
        _: Vec<u8>,
        _: SocketAddr,
    ) -> Response<Body> {
        match *self {}
    }
}
