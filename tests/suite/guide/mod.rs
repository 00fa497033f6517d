//! The programs of the guide. Its chapters include them by their anchors, and what they print from the
//! snapshots: see `book.rs`.

/// Stands in the programs for that of the standard library: a test compares what they print.
macro_rules! println {
    ($($arguments:tt)*) => { $crate::guide::printed::line(format!($($arguments)*)) };
}

/// Compares what the program of a chapter printed in this test with the chapter's snapshot.
macro_rules! assert_printed {
    ($name:literal) => {
        insta::with_settings!({
            snapshot_path => "../snapshots/guide",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $crate::guide::printed::take());
        });
    };
}

mod accounts;
mod book;
mod cards;
mod errors;
mod getting_started;
mod many;
mod money;
mod people;
mod reconciliation;
mod resuming;
mod setup;
mod testing;
mod webhooks;

/// What a program of the guide returns.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The lines that were printed on this thread; a test of the guide has one thread.
mod printed {
    use std::cell::RefCell;

    std::thread_local! {
        static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn line(line: String) {
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    pub(super) fn take() -> String {
        let lines = LINES.take();
        assert!(!lines.is_empty(), "nothing was printed");
        lines.join("\n")
    }
}
