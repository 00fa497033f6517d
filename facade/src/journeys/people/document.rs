//! Sessions in which a person scans an identity document.

use synctera_api::runtime::PersonId;
use synctera_api::{Error, Sensitive};

use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    DocumentVerificationSessionRequest, DocumentVerificationSessionRequestDocumentType,
    DocumentVerificationSessionRequestLanguage, DocumentVerificationSessionResponse,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Opens a session in which a person scans an identity document with a camera: the next step
    /// when a verification ends in review. When the person has finished, call [`Synctera::verify`]
    /// with the session as the document.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use synctera::types::{NewPerson, PersonStatus};
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = synctera::Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// # let person = client.api().create_person(&NewPerson::new(true, PersonStatus::Active)).await?.id;
    /// use synctera::StartDocumentVerification;
    /// use synctera::types::DocumentVerificationSessionRequestLanguage as Language;
    ///
    /// let request = StartDocumentVerification::new(person).language(Language::FrCa);
    /// let session = client.start_document_verification(&request).await?;
    /// // Show this link to the person only.
    /// assert!(session.url.expose().starts_with("https://"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `CUSTOMER_NOT_FOUND`, or `BAD_REQUEST_BODY` when the link cannot be
    /// sent because the person has no phone number.
    pub fn start_document_verification(
        &self,
        request: &StartDocumentVerification,
    ) -> Run<'static, StartDocumentVerification> {
        Run::new(self, request)
    }
}

/// A request for a document session; see [`Synctera::start_document_verification`].
#[derive(Clone, Debug)]
pub struct StartDocumentVerification(DocumentVerificationSessionRequest);

impl StartDocumentVerification {
    /// A session for this person, with any type of document, in American English.
    pub fn new(person: PersonId) -> Self {
        Self(DocumentVerificationSessionRequest::new(person))
    }

    /// Accepts only this type of document.
    #[must_use]
    pub fn document_type(
        mut self,
        document_type: impl IntoOption<DocumentVerificationSessionRequestDocumentType>,
    ) -> Self {
        self.0.document_type = document_type.into_option();
        self
    }

    /// The language of the session.
    #[must_use]
    pub fn language(
        mut self,
        language: impl IntoOption<DocumentVerificationSessionRequestLanguage>,
    ) -> Self {
        self.0.language = language.into_option();
        self
    }

    /// Sends the link to the person's phone number.
    #[must_use]
    pub fn send_message(mut self) -> Self {
        self.0.send_message = Some(true);
        self
    }
}

/// A document session. Its token and its link give access to it: keep them secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentSession {
    /// The token of the session, which also identifies the document in a verification.
    pub token: Sensitive<String>,
    /// The link that the person opens.
    pub url: Sensitive<String>,
}

impl From<&DocumentSession> for Sensitive<String> {
    fn from(session: &DocumentSession) -> Self {
        session.token.clone()
    }
}

impl Sealed for StartDocumentVerification {}

impl Journey for StartDocumentVerification {
    type Outcome = DocumentSession;

    const NAME: &'static str = "start_document_verification";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DocumentSession, Error> {
        let body = self.0.clone();
        let person = body.person_id.to_string();
        let session: DocumentVerificationSessionResponse = steps
            .write(
                "",
                |api| api.create_document_verification_session(&body),
                // Progress must not contain the token.
                |_| person,
            )
            .await?;
        Ok(DocumentSession {
            token: session.session_token.clone(),
            url: Sensitive::new(session.url.clone()),
        })
    }
}

crate::into_option::also! {
    &DocumentSession => Sensitive<String>,
}
