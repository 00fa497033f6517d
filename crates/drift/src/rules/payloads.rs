//! Bodies that are sent, answers, their statuses, media types and headers.

super::rule::rules! {
    BODY_REMOVED = "request-body-removed", "the operation takes no body any more", WIRE_AND_RUST;
    REQUIRED_BODY_ADDED = "required-request-body-added", "the operation demands a body", WIRE_AND_RUST;
    /// The generated method takes what it can send as an argument.
    OPTIONAL_BODY_ADDED = "optional-request-body-added", "the operation can take a body", RUST;
    BODY_BECAME_REQUIRED = "request-body-became-required", "the body can no longer be left out; our method always sent one", BEHAVIORAL;
    BODY_BECAME_OPTIONAL = "request-body-became-optional", "the body can be left out", ADDITIVE;
    REQUEST_MEDIA_REMOVED = "request-media-type-removed", "the operation no longer takes a media type", WIRE;
    REQUEST_MEDIA_ADDED = "request-media-type-added", "the operation takes another media type as well", ADDITIVE;
    REQUEST_MEDIA_CHANGED = "request-media-type-changed", "the operation takes another media type", WIRE_AND_RUST;
    ANSWER_MEDIA_REMOVED = "answer-media-type-removed", "answers no longer come in a media type", WIRE;
    ANSWER_MEDIA_ADDED = "answer-media-type-added", "answers can come in another media type as well", BEHAVIORAL;
    ANSWER_MEDIA_CHANGED = "answer-media-type-changed", "answers come in another media type", WIRE_AND_RUST;
    SCHEMA_REMOVED = "payload-schema-removed", "nothing is said any more of what is inside", RUST;
    SCHEMA_ADDED = "payload-schema-added", "it is said what is inside, which was open", RUST;
    ENCODING_CHANGED = "part-encoding-changed", "the parts of a form are encoded another way", BEHAVIORAL;
    ANSWER_BODY_REMOVED = "answer-body-removed", "a success has no body any more", WIRE_AND_RUST;
    ANSWER_BODY_ADDED = "answer-body-added", "a success has a body, which our method returns", RUST;
    /// The crate takes any status from 200 to 299 for a success.
    SUCCESS_STATUS_CHANGED = "success-status-changed", "a success has another status", BEHAVIORAL;
    SUCCESS_STATUS_REMOVED = "success-status-removed", "one of the statuses of success is gone", BEHAVIORAL;
    SUCCESS_STATUS_ADDED = "success-status-added", "there is another status of success", BEHAVIORAL;
    SUCCESS_LOST = "success-removed", "no success is described any more", WIRE_AND_RUST;
    ERROR_STATUS_ADDED = "error-status-added", "the operation can fail with another status", BEHAVIORAL;
    ERROR_STATUS_REMOVED = "error-status-removed", "the operation no longer fails with a status", ADDITIVE;
    HEADER_REMOVED = "answer-header-removed", "answers no longer carry a header", BEHAVIORAL;
    REQUIRED_HEADER_REMOVED = "required-answer-header-removed", "answers no longer carry a header that was always there", BEHAVIORAL;
    HEADER_ADDED = "answer-header-added", "answers carry another header", ADDITIVE;
    HEADER_BECAME_OPTIONAL = "answer-header-became-optional", "a header of answers can be absent", BEHAVIORAL;
    HEADER_BECAME_REQUIRED = "answer-header-became-required", "a header of answers is always there", ADDITIVE;
    HEADER_DEPRECATED = "answer-header-deprecated", "a header of answers is on its way out", BEHAVIORAL;
    HEADER_UNDEPRECATED = "answer-header-undeprecated", "a header of answers is no longer on its way out", ADDITIVE;
}
