//! Why there is no page, or nothing was done.

pub(crate) const NO_PAGE: &str = "there is no such page";
pub(crate) const NO_ACTION: &str = "there is no such action";
pub(crate) const NO_COMMAND: &str = "there is no such command";
pub(crate) const NO_BANK: &str = "the console has no bank";
pub(crate) const NO_WORKSPACE: &str = "there is no such workspace";
pub(crate) const NOT_MASKED: &str = "this page does not mask such a value";
pub(crate) const NOT_SIGNED_IN: &str = "sign in first";
pub(crate) const OTHER_SITE: &str = "the request comes from a page of another site";
pub(crate) const OTHER_SERVER: &str = "the request comes from a page of another server";
pub(crate) const NO_ORIGIN: &str = "the request does not say which page it comes from";
pub(crate) const OLD_FORM: &str = "the form is of an earlier start of the sandbox or of another session; \
                                   load the page again";

pub(crate) fn no_page_named(name: &str) -> String {
    format!("there is no page {name}")
}

pub(crate) fn no_resource(id: &str) -> String {
    format!("there is no {id}")
}

pub(crate) fn not_allowed(role: &str) -> String {
    format!("the role {role} does not allow this; an administrator can change your role")
}

pub(crate) fn not_given(label: &str) -> String {
    format!("{label} must be given")
}

pub(crate) fn no_whole_number(label: &str) -> String {
    format!("{label} must be a whole number")
}
