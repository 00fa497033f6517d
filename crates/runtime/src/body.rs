//! Reads a body within its limits.

use bytes::Bytes;
use reqwest::Response;

use super::answer::Answer;
use super::failure::Failure;

/// The smallest allocation for a body of several chunks.
const BUFFER_MIN: usize = 16 * 1024;
/// The largest allocation for a body of which only the announced length is known.
const BUFFER_ANNOUNCED_MAX: usize = 1024 * 1024;

impl Answer {
    /// Reads the body into [`Answer::body`], unless it is there already, within the [`Limits`](super::Limits) of the
    /// response: the body of an error is cut off at its limit.
    ///
    /// # Errors
    /// [`Interrupted`](super::FailureKind::Interrupted) or [`Timeout`](super::FailureKind::Timeout) when the
    /// connection breaks before the end; [`ResponseTooLarge`](super::FailureKind::ResponseTooLarge) for a
    /// success that is longer than its limit. They have no trace.
    pub async fn read_body(&mut self) -> Result<(), Failure> {
        read(self).await
    }
}

/// Reads the body of a response; see [`Answer::read_body`].
async fn read(answer: &mut Answer) -> Result<(), Failure> {
    let status = answer.response.status();
    let is_success = status.is_success();
    let limits = answer.limits;
    let bytes_max = if is_success { limits.success_body } else { limits.error_body };
    let too_large = || Failure::too_large(status, bytes_max, "Limits::success_body");
    let (body, is_cut) = match answer.body.take() {
        Some(body) => cut(body, bytes_max),
        // A body that announces too many bytes is not read.
        None if is_success && announces_more(&answer.response, bytes_max) => {
            return Err(too_large());
        }
        None => {
            let response = &mut answer.response;
            up_to(response, bytes_max)
                .await
                .map_err(|e| Failure::broken_body(e, status, Some(answer.response.url())))?
        }
    };
    if is_cut && is_success {
        return Err(too_large());
    }
    answer.body = Some(body);
    Ok(())
}

fn announces_more(response: &Response, bytes_max: usize) -> bool {
    response.content_length().is_some_and(|length| length > bytes_max as u64)
}

/// Reads a body up to its end or its limit, and returns whether it was cut off at the limit. Most
/// bodies have one chunk.
async fn up_to(response: &mut Response, bytes_max: usize) -> reqwest::Result<(Bytes, bool)> {
    let Some(first) = response.chunk().await? else {
        return Ok((Bytes::new(), false));
    };
    if first.len() > bytes_max {
        return Ok(cut(first, bytes_max));
    }
    let Some(second) = response.chunk().await? else {
        return Ok((first, false));
    };
    let mut body = Vec::new();
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let expected = announced.unwrap_or_default().saturating_add(first.len() + second.len());
    body.reserve_exact(expected.min(BUFFER_ANNOUNCED_MAX).min(bytes_max));
    body.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece) = next {
        if !append(&mut body, &piece, bytes_max) {
            return Ok((body.into(), true));
        }
        next = response.chunk().await?;
    }
    Ok((body.into(), false))
}

/// Appends a chunk, or the part of it that the limit allows; the buffer never exceeds the limit.
pub(super) fn append(body: &mut Vec<u8>, piece: &[u8], bytes_max: usize) -> bool {
    let taken = piece.len().min(bytes_max.saturating_sub(body.len()));
    let needed = body.len() + taken;
    if needed > body.capacity() {
        let doubled = body.capacity().saturating_mul(2).max(BUFFER_MIN);
        body.reserve_exact(doubled.min(bytes_max).max(needed) - body.len());
    }
    body.extend_from_slice(&piece[..taken]);
    taken == piece.len()
}

fn cut(mut body: Bytes, bytes_max: usize) -> (Bytes, bool) {
    let is_cut = body.len() > bytes_max;
    // A copy, so that the memory of the part that was cut off is freed.
    if is_cut {
        body = Bytes::copy_from_slice(&body[..bytes_max]);
    }
    (body, is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_never_grows_beyond_its_limit() {
        for bytes_max in [0, 1, 1000, 100_000, 1_000_001] {
            let mut body = Vec::new();
            let mut taken = 0;
            while append(&mut body, &[7; 999], bytes_max) {
                taken += 999;
                assert_eq!(body.len(), taken);
                assert!(body.capacity() <= bytes_max, "{} of {bytes_max}", body.capacity());
            }
            assert_eq!(body.len(), bytes_max);
            assert!(body.capacity() <= bytes_max);
        }
    }

    #[test]
    fn a_body_that_is_there_is_cut_off_too() {
        assert_eq!(cut(Bytes::from_static(b"1234"), 4), (Bytes::from_static(b"1234"), false));
        assert_eq!(cut(Bytes::from_static(b"12345"), 4), (Bytes::from_static(b"1234"), true));
        assert_eq!(cut(Bytes::from_static(b"1"), 0), (Bytes::new(), true));
    }
}
