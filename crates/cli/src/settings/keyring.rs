//! The keyring of the system, with the feature `keyring`: the key of each profile under its name.

#[cfg(feature = "keyring")]
mod of_system {
    use keyring::{Entry, Error};
    use synctera::Sensitive;

    use crate::exit::Failure;
    use crate::text;

    /// The name of this program in the keyring.
    const SERVICE: &str = "synctera";

    /// The key of a profile.
    ///
    /// # Errors
    /// No keyring, or no key in it.
    pub(crate) fn read(profile: &str) -> Result<Sensitive<String>, Failure> {
        entry(profile)
            .and_then(|entry| entry.get_password())
            .map(Sensitive::new)
            .map_err(|error| failure(&error, profile))
    }

    /// Keeps the key of a profile.
    ///
    /// # Errors
    /// No keyring, or one that does not take it.
    pub(crate) fn set(profile: &str, key: &Sensitive<String>) -> Result<(), Failure> {
        entry(profile)
            .and_then(|entry| entry.set_password(key.expose()))
            .map_err(|error| failure(&error, profile))
    }

    /// Removes the key of a profile.
    ///
    /// # Errors
    /// No keyring, or no key in it.
    pub(crate) fn remove(profile: &str) -> Result<(), Failure> {
        entry(profile)
            .and_then(|entry| entry.delete_credential())
            .map_err(|error| failure(&error, profile))
    }

    fn entry(profile: &str) -> Result<Entry, Error> {
        Entry::new(SERVICE, profile)
    }

    fn failure(error: &Error, profile: &str) -> Failure {
        let profile = text::name(profile);
        Failure::configuration(match error {
            Error::NoEntry => format!(
                "the keyring has no API key of profile {profile}; next: store it with: synctera keyring set \
                 --profile {profile}"
            ),
            // The errors of stores may quote what they hold.
            Error::NoDefaultStore | Error::NoStorageAccess(_) | Error::PlatformFailure(_) => {
                "the keyring of the system cannot be reached: there is none, as on a machine without a desktop, \
                 or it is locked; next: unlock it, or set api_key_file or api_key_command in the file of profiles"
                    .to_owned()
            }
            _ => format!(
                "the keyring does not take what belongs to profile {profile}; next: correct its entry of the \
                 service {SERVICE}"
            ),
        })
    }
}

#[cfg(not(feature = "keyring"))]
mod of_system {
    use synctera::Sensitive;

    use crate::exit::Failure;

    fn absent() -> Failure {
        Failure::configuration(
            "this program was built without the keyring of the system; next: install it with --features \
             keyring, or set api_key_file or api_key_command in the file of profiles",
        )
    }

    pub(crate) fn read(_profile: &str) -> Result<Sensitive<String>, Failure> {
        Err(absent())
    }

    pub(crate) fn set(_profile: &str, _key: &Sensitive<String>) -> Result<(), Failure> {
        Err(absent())
    }

    pub(crate) fn remove(_profile: &str) -> Result<(), Failure> {
        Err(absent())
    }
}

pub(crate) use of_system::{read, remove, set};
