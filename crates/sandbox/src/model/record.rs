//! Stored resources as types.
//!
//! A [`Record`] is what clients read of a resource (its wire type, generated from the document) and
//! what only the sandbox keeps of it (its facts). In the database they are two columns of a row, both
//! JSON; as a document, the facts are the member [`FACTS`] beside the wire type's own, so keys, filters
//! and events see what clients see.

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::runtime::error_path::without_values;
use synctera_api::v2::types::DeleteResponse;

use crate::model::api_error::DOES_NOT_EXIST;
use crate::model::{ApiError, Ctx, Kind, Problem};
use crate::spec::FieldErrors;
use crate::store::{FACTS, Filter};

/// A kind of resource, as types.
pub(crate) trait Resource: 'static {
    const KIND: &'static Kind;
    /// What clients read.
    type Wire: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// What only the sandbox keeps; `()` where there is nothing.
    type Facts: Facts;
}

/// What only the sandbox keeps of a resource. Each member has a default, so that a document without
/// facts can be read.
pub(crate) trait Facts:
    Serialize + DeserializeOwned + Clone + Default + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + Clone + Default + Send + Sync + 'static> Facts for T {}

/// A stored resource. It reads and changes like its wire type.
pub(crate) struct Record<R: Resource> {
    pub(crate) wire: R::Wire,
    pub(crate) facts: R::Facts,
}

impl<R: Resource> Clone for Record<R> {
    fn clone(&self) -> Self {
        Self { wire: self.wire.clone(), facts: self.facts.clone() }
    }
}

impl<R: Resource> Deref for Record<R> {
    type Target = R::Wire;

    fn deref(&self) -> &R::Wire {
        &self.wire
    }
}

impl<R: Resource> DerefMut for Record<R> {
    fn deref_mut(&mut self) -> &mut R::Wire {
        &mut self.wire
    }
}

impl<R: Resource> Record<R> {
    pub(crate) fn new(wire: R::Wire, facts: R::Facts) -> Self {
        Self { wire, facts }
    }

    /// A record from its document.
    pub(crate) fn of(stored: &Value) -> Result<Self, ApiError> {
        let facts = match stored.get(FACTS) {
            Some(facts) => R::Facts::deserialize(facts).map_err(|e| broken::<R>(&e))?,
            None => R::Facts::default(),
        };
        let wire = R::Wire::deserialize(stored).map_err(|e| broken::<R>(&e))?;
        Ok(Self { wire, facts })
    }

    /// The document of a record.
    pub(crate) fn document(&self) -> Result<Value, ApiError> {
        let mut stored = to_json(&self.wire)?;
        let facts = to_json(&self.facts)?;
        if let (Some(stored), false) = (stored.as_object_mut(), is_empty(&facts)) {
            stored.insert(FACTS.to_owned(), facts);
        }
        Ok(stored)
    }
}

/// A member of a stored document that clients see, or else the fact of that name.
pub(crate) fn member<'a>(stored: &'a Value, name: &str) -> Option<&'a Value> {
    stored.get(name).or_else(|| stored.get(FACTS)?.get(name))
}

fn is_empty(facts: &Value) -> bool {
    facts.is_null() || facts.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The reason goes to the log, and the decoder's message quotes values.
fn broken<R: Resource>(why: &serde_json::Error) -> ApiError {
    let why = without_values(&why.to_string());
    ApiError::Internal(format!("a stored {} cannot be read: {why}", R::KIND.name))
}

/// A value of an interface type as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(value).map_err(|e| ApiError::Internal(e.to_string()))
}

/// A value of an interface type from its members, by name. Where a type has many members, its
/// positional constructor cannot be read.
pub(crate) fn build<T: DeserializeOwned>(members: Value) -> Result<T, ApiError> {
    serde_json::from_value(members).map_err(|e| {
        let why = without_values(&e.to_string());
        ApiError::Internal(format!("{} cannot be built: {why}", std::any::type_name::<T>()))
    })
}

/// A value of one interface type as another one, by the names of its members. What the other type
/// does not have is left out.
pub(crate) fn convert<T: DeserializeOwned>(value: &impl Serialize) -> Result<T, ApiError> {
    build(to_json(value)?)
}

/// What a request asks for, completed with the members that the platform sets.
pub(crate) fn complete<T: DeserializeOwned>(
    request: &impl Serialize,
    rest: Value,
) -> Result<T, ApiError> {
    let mut members = to_json(request)?;
    super::patch(&mut members, rest);
    build(members)
}

/// Sets the members that a request names on a value of an interface type; nested objects as a whole.
pub(crate) fn merge<T: Serialize + DeserializeOwned>(
    target: &mut T,
    changes: &impl Serialize,
) -> Result<(), ApiError> {
    let mut members = to_json(target)?;
    super::patch(&mut members, to_json(changes)?);
    *target = build(members)?;
    Ok(())
}

impl Ctx<'_> {
    /// The body of the request, which was validated, as the type that the operation takes.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        T::deserialize(&self.request.body).map_err(|e| {
            if self.request.body.is_null() {
                return ApiError::rule(ErrorCode::BadRequestBody, "the body is missing");
            }
            let why = without_values(&e.to_string());
            ApiError::Internal(format!("a validated body cannot be read: {why}"))
        })
    }

    /// A resource by its id.
    pub(crate) fn find<R: Resource>(
        &self,
        id: impl ToString,
    ) -> Result<Option<Record<R>>, ApiError> {
        let found = self.tx.find(self.tenant, R::KIND.name, &id.to_string())?;
        found.map(|found| found.record(Record::of)).transpose()
    }

    /// The resource that the URL names.
    pub(crate) fn find_in_url<R: Resource>(
        &self,
        parameter: &'static str,
    ) -> Result<Record<R>, ApiError> {
        self.url_resource(R::KIND, parameter)?.record(Record::of)
    }

    /// A resource that a body refers to; `code` and `field` say what is wrong when it is not there.
    pub(crate) fn find_named<R: Resource>(
        &self,
        id: impl ToString,
        code: ErrorCode,
        field: &str,
    ) -> Result<Record<R>, ApiError> {
        self.find(id)?.ok_or_else(|| {
            let mut problem = Problem::new(code, format!("{field} names no {}", R::KIND.name));
            problem.errors = FieldErrors::invalid(field, DOES_NOT_EXIST);
            problem.into()
        })
    }

    /// A resource that another one refers to: it is there.
    pub(crate) fn find_related<R: Resource>(
        &self,
        id: impl ToString,
    ) -> Result<Record<R>, ApiError> {
        let id = id.to_string();
        self.find(&id)?
            .ok_or_else(|| ApiError::Internal(format!("there is no {} {id}", R::KIND.name)))
    }

    /// Every resource of a kind under a key; for the few that belong to one other.
    pub(crate) fn find_all<R: Resource>(
        &self,
        key: &str,
        value: impl ToString,
    ) -> Result<Vec<Record<R>>, ApiError> {
        let filter = Filter { name: key.to_owned(), values: vec![value.to_string()] };
        let mut all = Vec::new();
        self.tx.find_all(self.tenant, R::KIND.name, filter, |found| {
            all.push(found.record(Record::of)?);
            Ok::<(), ApiError>(())
        })?;
        Ok(all)
    }

    /// Stores a new resource.
    pub(crate) fn add<R: Resource>(&self, record: &Record<R>) -> Result<(), ApiError> {
        self.insert(R::KIND, &record.document()?)
    }

    /// Removes a resource; the answer that names it by its id and its type.
    pub(crate) fn delete(
        &self,
        kind: &Kind,
        id: &str,
        resource: &str,
    ) -> Result<DeleteResponse, ApiError> {
        self.remove(kind, id)?;
        build(json!({ "id": id, "resource": resource }))
    }

    /// Stores a changed resource.
    pub(crate) fn save<R: Resource>(&self, record: &Record<R>) -> Result<(), ApiError> {
        self.update(R::KIND, &record.document()?)
    }
}

#[cfg(test)]
mod tests {
    use synctera_api::v2::types::MailingAddress;

    use super::*;

    #[test]
    fn what_only_the_sandbox_keeps_is_not_shown() {
        let stored = json!({ "address_line_1": "1 Market St", "country_code": "US",
            "kept": "by the sandbox for itself" });
        let shown = json!(build::<MailingAddress>(stored).unwrap());
        assert_eq!(shown, json!({ "address_line_1": "1 Market St", "country_code": "US" }));
    }

    #[test]
    fn a_failure_quotes_no_stored_value() {
        let stored = json!({ "address_line_1": "1 Market St", "country_code": "US",
            "is_registered_agent": "456-78-9012" });
        let failure = build::<MailingAddress>(stored).unwrap_err();
        let ApiError::Internal(why) = failure else { panic!("{failure:?}") };
        assert!(why.contains("***") && !why.contains("456"), "{why}");
    }
}
