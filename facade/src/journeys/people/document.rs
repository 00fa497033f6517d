//! A session in which a person shows a document.

use synctera_api::runtime::PersonId;
use synctera_api::{Error, Sensitive};

use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    DocumentVerificationSessionRequest, DocumentVerificationSessionRequestDocumentType,
    DocumentVerificationSessionRequestLanguage, DocumentVerificationSessionResponse,
};
use crate::{IntoOption, Synctera};

impl Synctera {
    /// Opens a session in which a person shows a document to a camera: the step up when a
    /// verification ends in review. When the person is done, [`Synctera::verify`] with the session
    /// as the document.
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
    /// // Show this link to the person, and to nobody else.
    /// assert!(session.url.expose().starts_with("https://"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the platform answers: `CUSTOMER_NOT_FOUND`, or `BAD_REQUEST_BODY` when the link cannot
    /// be sent because the person has no phone number.
    pub fn start_document_verification(
        &self,
        request: &StartDocumentVerification,
    ) -> Run<'static, StartDocumentVerification> {
        Run::new(self, request)
    }
}

/// Asks for a person to show a document; see [`Synctera::start_document_verification`].
#[derive(Clone, Debug)]
pub struct StartDocumentVerification(DocumentVerificationSessionRequest);

impl StartDocumentVerification {
    /// This person, with any document, in American English.
    pub fn new(person: PersonId) -> Self {
        Self(DocumentVerificationSessionRequest::new(person))
    }

    /// Only a document of this type.
    #[must_use]
    pub fn document_type(
        mut self,
        document_type: impl IntoOption<DocumentVerificationSessionRequestDocumentType>,
    ) -> Self {
        self.0.document_type = document_type.into_option();
        self
    }

    /// The language that the person is spoken to in.
    #[must_use]
    pub fn language(
        mut self,
        language: impl IntoOption<DocumentVerificationSessionRequestLanguage>,
    ) -> Self {
        self.0.language = language.into_option();
        self
    }

    /// Sends the link to the phone number that is on file.
    #[must_use]
    pub fn send_message(mut self) -> Self {
        self.0.send_message = Some(true);
        self
    }
}

/// A session in which a person shows a document. Who has it can act as the person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentSession {
    /// What names the session, and afterwards the document.
    pub token: Sensitive<String>,
    /// Where the person goes.
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
                // The token itself is nobody's to see.
                |_| person,
            )
            .await?;
        Ok(DocumentSession {
            token: session.session_token.clone(),
            url: Sensitive::new(session.url.clone()),
        })
    }
}
