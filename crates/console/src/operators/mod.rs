//! Operators: who uses the console, in which role, and how they sign in.
//!
//! Without a sign-in, requests from the machine of the sandbox act as the administrator `local`. Other
//! machines, and all where the sandbox is started so, sign in with a password. It is chosen at a link that
//! can be used once: the program prints that of the first administrator, and an administrator makes those
//! of others. So only the operator knows the password.

mod checks;
mod file;
mod guesses;
mod password;
mod role;
mod tickets;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::texts::{operators as texts, sign_in};
use checks::{Checks, Turn};
use file::Known;
use guesses::Guesses;
use tickets::Tickets;

pub use role::Role;
pub(crate) use role::{Permission, TABLE};

/// The operator of the machine itself.
pub(crate) const LOCAL: &str = "local";
/// The first operator who signs in.
const FIRST: &str = "administrator";

/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(12 * 3600);
const SESSIONS_MAX: usize = 1000;
/// How long a link can be used.
const LINK: Duration = Duration::from_secs(3600);
const LINKS_MAX: usize = 100;
const OPERATORS_MAX: usize = 1000;
const NAME_LENGTH_MAX: usize = 64;

/// The operators of a console.
pub struct Operators {
    is_sign_in_required: bool,
    path: Option<PathBuf>,
    state: Mutex<State>,
    checks: Checks,
}

struct State {
    known: BTreeMap<String, Known>,
    sessions: Tickets<String>,
    links: Tickets<String>,
    guesses: Guesses,
}

/// An operator whose password was right, and the hash that said so.
struct Verified {
    name: String,
    hash: String,
}

/// Who sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The session, unless it is the operator of the machine.
    pub(crate) session: Option<String>,
}

/// An operator in the list.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) has_password: bool,
}

impl Operators {
    /// The operators that a file has, which is written when they change; without a file, they are
    /// gone at the end.
    ///
    /// # Errors
    /// When the file cannot be read or is no file of operators.
    pub fn open(path: Option<PathBuf>, is_sign_in_required: bool) -> io::Result<Self> {
        let known = path.as_deref().map(file::read).transpose()?.unwrap_or_default();
        let state = State {
            known,
            sessions: Tickets::new(SESSION, SESSIONS_MAX),
            links: Tickets::new(LINK, LINKS_MAX),
            guesses: Guesses::default(),
        };
        let checks = Checks::new();
        Ok(Self { is_sign_in_required, path, state: Mutex::new(state), checks })
    }

    /// Whether requests from this machine have to sign in, too.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        self.is_sign_in_required
    }

    /// Waits until a password of a client may be hashed. Refuses if too many of the client's wait already.
    pub(crate) async fn turn_to_hash(&self, from: IpAddr) -> Result<Turn, String> {
        let turn = self.checks.turn(from).await;
        turn.ok_or_else(|| sign_in::too_many_checks(checks::OF_CLIENT_MAX))
    }

    /// The path at which an administrator chooses a password and signs in. It can be used once, within an
    /// hour.
    ///
    /// # Errors
    /// When there is no randomness, or the file of operators cannot be written.
    pub fn administrator_link(&self) -> io::Result<String> {
        let mut state = self.state.lock();
        let mut known = state.known.clone();
        known
            .entry(FIRST.to_owned())
            .or_insert(Known { role: Role::Administer, password: None })
            .role = Role::Administer;
        self.store(&mut state, known)?;
        let ticket = state.links.issue(Instant::now(), FIRST.to_owned());
        Ok(link(&ticket.map_err(io::Error::other)?))
    }

    /// Who sends a request with this session, or with none.
    pub(crate) fn operator(&self, session: Option<&str>, is_local: bool) -> Option<Operator> {
        let state = self.state.lock();
        let signed_in = session.and_then(|session| {
            let name = state.sessions.find(Instant::now(), session)?;
            let role = state.known.get(name)?.role;
            Some(Operator { name: name.clone(), role, session: Some(session.to_owned()) })
        });
        let local = Operator { name: LOCAL.to_owned(), role: Role::Administer, session: None };
        signed_in.or_else(|| (is_local && !self.is_sign_in_required).then_some(local))
    }

    pub(crate) fn list(&self) -> Vec<Listed> {
        let state = self.state.lock();
        let listed = state.known.iter().map(|(name, known)| Listed {
            name: name.clone(),
            role: known.role,
            has_password: known.password.is_some(),
        });
        listed.collect()
    }

    /// Adds an operator, or changes the role of one. Returns the path at which they choose a password.
    pub(crate) fn invite(&self, name: &str, role: Role) -> Result<String, String> {
        let is_plain =
            |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-_".contains(it);
        if name.is_empty() || name.len() > NAME_LENGTH_MAX || !name.chars().all(is_plain) {
            return Err(texts::wrong_name(NAME_LENGTH_MAX));
        }
        if name == LOCAL {
            return Err(texts::name_of_machine(LOCAL));
        }
        let mut state = self.state.lock();
        let mut known = state.known.clone();
        if !known.contains_key(name) && known.len() >= OPERATORS_MAX {
            return Err(texts::too_many(OPERATORS_MAX));
        }
        known.entry(name.to_owned()).or_insert(Known { role, password: None }).role = role;
        self.store(&mut state, known).map_err(|e| texts::not_written(&e))?;
        Ok(link(&state.links.issue(Instant::now(), name.to_owned())?))
    }

    /// Removes an operator, whose sessions and links end.
    pub(crate) fn remove(&self, name: &str) -> Result<(), String> {
        let mut state = self.state.lock();
        let mut known = state.known.clone();
        if known.remove(name).is_none() {
            return Err(texts::no_operator(name));
        }
        self.store(&mut state, known).map_err(|e| texts::not_written(&e))?;
        end(&mut state, name);
        Ok(())
    }

    /// Whose link this is.
    pub(crate) fn invited(&self, ticket: &str) -> Option<String> {
        self.state.lock().links.find(Instant::now(), ticket).cloned()
    }

    /// Takes the password that an operator chose at their link, and begins a session. It may take a
    /// second.
    pub(crate) fn accept(&self, ticket: &str, password: &str) -> Result<String, String> {
        if let Some(problem) = password::problem(password) {
            return Err(problem);
        }
        if self.invited(ticket).is_none() {
            return Err(sign_in::OLD_LINK.to_owned());
        }
        let hash = password::hash(password)?;
        let mut state = self.state.lock();
        let name = state.links.take(Instant::now(), ticket).ok_or(sign_in::OLD_LINK)?;
        let mut known = state.known.clone();
        known.get_mut(&name).ok_or(sign_in::OLD_LINK)?.password = Some(hash);
        self.store(&mut state, known).map_err(|e| texts::not_written(&e))?;
        // Sessions that the old password began end.
        end(&mut state, &name);
        state.sessions.issue(Instant::now(), name)
    }

    /// Begins a session for the person who knows the password. It may take a second.
    pub(crate) fn sign_in(&self, name: &str, given: &str, from: IpAddr) -> Result<String, String> {
        let now = Instant::now();
        let verified = self.verify(now, name, given, from)?;
        self.begin(now, verified, from)
    }

    /// Compares a password with the hash of an operator. Nothing is locked meanwhile.
    fn verify(
        &self,
        now: Instant,
        name: &str,
        given: &str,
        from: IpAddr,
    ) -> Result<Verified, String> {
        let hash = {
            let state = self.state.lock();
            if state.guesses.must_wait(now, name, from) {
                return Err(sign_in::wait(guesses::WAIT.as_secs()));
            }
            state.known.get(name).and_then(|known| known.password.clone())
        };
        let is_right =
            given.len() <= password::BYTES_MAX && password::is_right(given, hash.as_deref());
        if let Some(hash) = hash.filter(|_| is_right) {
            return Ok(Verified { name: name.to_owned(), hash });
        }
        let mut state = self.state.lock();
        if state.known.contains_key(name) {
            state.guesses.wrong(now, name, from);
        }
        Err(sign_in::WRONG.to_owned())
    }

    /// Begins a session, if the operator still has the password that was verified: it may have been
    /// changed, or the operator removed, while it was.
    fn begin(&self, now: Instant, verified: Verified, from: IpAddr) -> Result<String, String> {
        let Verified { name, hash } = verified;
        let mut state = self.state.lock();
        let password = state.known.get(&name).and_then(|known| known.password.as_ref());
        if password != Some(&hash) {
            return Err(sign_in::WRONG.to_owned());
        }
        state.guesses.right(&name, from);
        state.sessions.issue(now, name)
    }

    /// Ends a session.
    pub(crate) fn sign_out(&self, session: &str) {
        drop(self.state.lock().sessions.take(Instant::now(), session));
    }

    fn store(&self, state: &mut State, known: BTreeMap<String, Known>) -> io::Result<()> {
        if let Some(path) = &self.path {
            file::write(path, &known)?;
        }
        state.known = known;
        Ok(())
    }
}

/// Ends what an operator has.
fn end(state: &mut State, name: &str) {
    state.sessions.retain(|of| of != name);
    state.links.retain(|of| of != name);
    state.guesses.forget(name);
}

fn link(ticket: &str) -> String {
    format!("/console/sign-in/{ticket}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "correct horse battery";
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));

    fn ticket(link: &str) -> &str {
        link.rsplit('/').next().unwrap()
    }

    #[test]
    fn the_machine_itself_needs_no_password_unless_it_is_asked_for() {
        let free = Operators::open(None, false).unwrap();
        assert_eq!(free.operator(None, true).unwrap().role, Role::Administer);
        assert!(free.operator(None, false).is_none() && free.operator(Some("x"), false).is_none());
        let strict = Operators::open(None, true).unwrap();
        assert!(strict.operator(None, true).is_none());
    }

    #[test]
    fn a_link_is_used_once_and_the_password_works_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.db-operators");
        let operators = Operators::open(Some(path.clone()), true).unwrap();
        let link = operators.administrator_link().unwrap();
        assert_eq!(operators.invited(ticket(&link)).as_deref(), Some(FIRST));
        assert!(operators.accept(ticket(&link), "short").is_err());
        let session = operators.accept(ticket(&link), PASSWORD).unwrap();
        assert_eq!(operators.operator(Some(&session), false).unwrap().name, FIRST);
        assert!(operators.accept(ticket(&link), PASSWORD).is_err());
        operators.sign_out(&session);
        assert!(operators.operator(Some(&session), true).is_none());

        let again = Operators::open(Some(path.clone()), true).unwrap();
        let session = again.sign_in(FIRST, PASSWORD, HERE).unwrap();
        assert!(again.operator(Some(&session), false).is_some());
        assert!(!std::fs::read_to_string(&path).unwrap().contains("horse"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "dear diary").unwrap();
        assert!(Operators::open(Some(path), true).is_err());
    }

    #[test]
    fn a_removed_operator_has_no_session_and_a_changed_role_counts_at_once() {
        let operators = Operators::open(None, true).unwrap();
        let link = operators.invite("grace", Role::Act).unwrap();
        let session = operators.accept(ticket(&link), PASSWORD).unwrap();
        operators.invite("grace", Role::View).unwrap();
        assert_eq!(operators.operator(Some(&session), false).unwrap().role, Role::View);
        operators.remove("grace").unwrap();
        assert!(operators.operator(Some(&session), false).is_none());
        assert!(operators.remove("grace").is_err());
        for wrong in ["", "local", "Grace", "a b", "<b>", &"x".repeat(65)] {
            assert!(operators.invite(wrong, Role::View).is_err(), "{wrong}");
        }
    }

    #[test]
    fn guessing_waits_and_locks_no_other_client_out() {
        let operators = Operators::open(None, true).unwrap();
        let link = operators.invite("grace", Role::Act).unwrap();
        operators.accept(ticket(&link), PASSWORD).unwrap();
        while !operators.sign_in("grace", "wrong", HERE).unwrap_err().contains("wait") {}
        assert!(operators.sign_in("grace", PASSWORD, HERE).unwrap_err().contains("wait"));
        let elsewhere = IpAddr::from([203, 0, 113, 8]);
        assert!(operators.sign_in("grace", PASSWORD, elsewhere).is_ok());
        assert!(operators.sign_in("nobody", PASSWORD, HERE).is_err());
    }

    #[test]
    fn a_sign_in_under_way_does_not_outlive_the_password_or_the_operator() {
        let operators = Operators::open(None, true).unwrap();
        let now = Instant::now();
        let link = operators.invite("grace", Role::Act).unwrap();
        operators.accept(ticket(&link), PASSWORD).unwrap();
        let old = operators.verify(now, "grace", PASSWORD, HERE).ok().unwrap();
        // Even the same password has another hash.
        let link = operators.invite("grace", Role::Act).unwrap();
        operators.accept(ticket(&link), PASSWORD).unwrap();
        assert!(operators.begin(now, old, HERE).unwrap_err().contains("is wrong"));

        let current = operators.verify(now, "grace", PASSWORD, HERE).ok().unwrap();
        let removed = operators.verify(now, "grace", PASSWORD, HERE).ok().unwrap();
        assert!(operators.begin(now, current, HERE).is_ok());
        operators.remove("grace").unwrap();
        assert!(operators.begin(now, removed, HERE).is_err());
    }
}
