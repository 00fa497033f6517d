//! The public surface, of the raw client by family and of the facade and the sandbox by file: what a
//! change does to users is the difference of these snapshots.

use std::path::Path;
use std::sync::LazyLock;

use insta::{assert_snapshot, with_settings};
use synctera_codegen::generate::{Generated, Selection, interface};
use synctera_codegen::spec::Spec;
use synctera_codegen::{Document, surface};

static SPEC: LazyLock<Spec> =
    LazyLock::new(|| Spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec")).unwrap());

/// The client of the current interface, as it is generated.
pub(crate) static V2: LazyLock<Generated> = LazyLock::new(|| generate("v2"));

fn generate(interface: &str) -> Generated {
    SPEC.generate_one(interface, &format!("crate::{interface}"), &Selection::All).unwrap()
}

fn snapshots(interface: &str, generated: &Generated) {
    with_settings!({
        snapshot_path => format!("snapshots/surface/{interface}"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for (family, text) in surface::surface(generated).unwrap() {
            assert_snapshot!(family, text);
        }
    });
}

#[test]
fn the_current_interface() {
    snapshots("v2", &V2);
}

#[test]
fn the_legacy_interface() {
    snapshots("v0", &generate("v0"));
}

/// What of a crate that is written by hand is public, by file.
fn sources(name: &str, crate_folder: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(crate_folder).join("src");
    with_settings!({
        snapshot_path => format!("snapshots/surface/{name}"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for (file, text) in synctera_tests::facade::surface(&source) {
            assert_snapshot!(file.replace('/', "."), text);
        }
    });
}

#[test]
fn the_facade() {
    sources("facade", "facade");
}

#[test]
fn the_runtime() {
    sources("runtime", "crates/runtime");
}

#[test]
fn the_sandbox() {
    sources("sandbox", "crates/sandbox");
}

#[test]
fn a_changed_document_changes_the_surface_of_what_it_touches() {
    let surface = |document: &Document| {
        let generated =
            interface(document, &SPEC.companions, "crate::v2", &Selection::All).unwrap();
        surface::surface(&generated).unwrap()
    };
    let before = surface(&SPEC.v2);
    let mut changed = SPEC.v2.root().clone();
    let paths = changed["paths"].as_object_mut().unwrap();
    paths.remove("/ach/transaction_simulations/receiving_return").unwrap();
    let after = surface(&Document::parse("changed.json", &changed.to_string()).unwrap());
    let differing: Vec<&String> =
        before.keys().filter(|family| before[*family] != after[*family]).collect();
    assert_eq!(differing, ["ach"]);
    assert!(before["ach"].contains("simulate_ach_return("));
    assert!(!after["ach"].contains("simulate_ach_return("));
}
