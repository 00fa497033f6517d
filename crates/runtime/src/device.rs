//! The customer for whom a call is made: the `Customer-Device-Info` header.

use std::fmt;
use std::net::IpAddr;

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::sensitive::Sensitive;

/// The ids that name a customer: of a customer, a person, a business.
pub trait IdentifiesCustomer {
    /// The UUID, which is the same for the party and for the customer that it is.
    fn customer_id(&self) -> Uuid;
}

/// The customer for whom a call is made, and the customer's device; or that your own system makes
/// the call without a customer. The platform accepts it with every call, and uses it to detect fraud.
///
/// ```
/// use synctera_api::runtime::{CallOptions, CustomerId, DeviceInfo};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let customer: CustomerId = "7d943c51-e4ff-4e57-9558-08cab6b963c7".parse()?;
/// let device = DeviceInfo::of_customer(customer)
///     .ip_address("203.0.113.7".parse()?)
///     .device_type("mobile")
///     .session("SOCURE", "a token of the vendor's");
/// let options = CallOptions::new().with_device_info(&device);
/// assert!(!format!("{device:?} {options:?}").contains("203.0.113.7"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct DeviceInfo {
    customer: Option<Uuid>,
    ip_address: Option<IpAddr>,
    device_type: Option<String>,
    user_agent: Option<String>,
    device_id: Option<String>,
    session: Option<(String, Sensitive<String>)>,
    metadata: Option<Value>,
}

impl DeviceInfo {
    /// The name of the header.
    pub const HEADER: HeaderName = HeaderName::from_static("customer-device-info");

    /// On behalf of this customer.
    pub fn of_customer(customer: impl IdentifiesCustomer) -> Self {
        Self { customer: Some(customer.customer_id()), ..Self::of_system() }
    }

    /// A call of your own system, without a customer.
    pub fn of_system() -> Self {
        Self {
            customer: None,
            ip_address: None,
            device_type: None,
            user_agent: None,
            device_id: None,
            session: None,
            metadata: None,
        }
    }

    /// The IP address from which the customer connects to your system.
    #[must_use]
    pub fn ip_address(mut self, address: IpAddr) -> Self {
        self.ip_address = Some(address);
        self
    }

    /// The type of the device.
    #[must_use]
    pub fn device_type(mut self, device_type: impl Into<String>) -> Self {
        self.device_type = Some(device_type.into());
        self
    }

    /// The user agent of the browser or app on the device.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// The id of the device.
    #[must_use]
    pub fn device_id(mut self, id: impl Into<String>) -> Self {
        self.device_id = Some(id.into());
        self
    }

    /// The session that the script of a fraud vendor started on the device: the vendor, and its token.
    #[must_use]
    pub fn session(mut self, vendor: impl Into<String>, token: impl Into<String>) -> Self {
        self.session = Some((vendor.into(), Sensitive::new(token.into())));
        self
    }

    /// Other data about the device, which is sent as a text that contains JSON.
    #[must_use]
    pub fn metadata(mut self, metadata: impl Into<Value>) -> Self {
        self.metadata = Some(metadata.into());
        self
    }

    /// The value of the header, marked as sensitive.
    pub fn header(&self) -> Option<HeaderValue> {
        let mut object = Map::new();
        object.insert("is_system_call".to_owned(), self.customer.is_none().into());
        // A call of the system must state that there is no customer.
        let customer = self.customer.map(|id| id.to_string());
        object.insert("customer_id".to_owned(), customer.into());
        let token = self.session.as_ref().map(|(_, token)| token.expose().clone());
        let texts = [
            ("ip_address", self.ip_address.map(|address| address.to_string())),
            ("device_type", self.device_type.clone()),
            ("user_agent", self.user_agent.clone()),
            ("device_id", self.device_id.clone()),
            ("session_token", token),
            ("vendor", self.session.as_ref().map(|(vendor, _)| vendor.clone())),
            ("metadata", self.metadata.as_ref().map(Value::to_string)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                object.insert(name.to_owned(), text.into());
            }
        }
        let mut value = HeaderValue::try_from(ascii(&Value::Object(object).to_string())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// JSON in which all characters that are not valid in a header are escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

/// Shows the id of the customer, and nothing about the device.
impl fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceInfo").field("customer", &self.customer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Customer(Uuid);

    impl IdentifiesCustomer for Customer {
        fn customer_id(&self) -> Uuid {
            self.0
        }
    }

    fn read(device: &DeviceInfo) -> Value {
        serde_json::from_str(device.header().unwrap().to_str().unwrap()).unwrap()
    }

    #[test]
    fn it_says_for_whom_and_from_where() {
        let customer = Customer("7d943c51-e4ff-4e57-9558-08cab6b963c7".parse().unwrap());
        let device = DeviceInfo::of_customer(customer)
            .ip_address("2001:db8::7".parse().unwrap())
            .device_type("mobile")
            .user_agent("Föö/1.0 \u{1f600}\u{7f}\n")
            .device_id("d-1")
            .session("SOCURE", "t-1")
            .metadata(json!({"screen": [1, 2]}));
        assert_eq!(
            read(&device),
            json!({
                "is_system_call": false,
                "customer_id": "7d943c51-e4ff-4e57-9558-08cab6b963c7",
                "ip_address": "2001:db8::7",
                "device_type": "mobile",
                "user_agent": "Föö/1.0 \u{1f600}\u{7f}\n",
                "device_id": "d-1",
                "session_token": "t-1",
                "vendor": "SOCURE",
                "metadata": "{\"screen\":[1,2]}",
            })
        );
        assert!(device.header().unwrap().is_sensitive());
    }

    #[test]
    fn a_call_of_the_system_names_no_customer() {
        assert_eq!(
            read(&DeviceInfo::of_system()),
            json!({"is_system_call": true, "customer_id": null})
        );
    }
}
